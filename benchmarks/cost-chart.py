#!/usr/bin/env python3
"""Draws what `cost` has printed: the share of the machine's limit over width, depth and batch, with one thread and with all.

    dotnet run -c Release --project benchmarks/Benchmarks -- cost > cost.txt
    benchmarks/cost-chart.py cost.txt docs/images/cost.svg
"""
import re
import sys

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 230, 190, 46, 58, 44, 22
COLORS = {"1": "#2563a8", "all": "#b3541e"}


def tables(lines):
    """{(title, threads): [(label, share of the limit in percent)]}"""
    found, key = {}, None
    for line in lines:
        if heading := re.match(r"(.+), (\d+) threads?$", line):
            key = (heading[1], "1" if heading[2] == "1" else "all")
            found[key] = []
        elif key and (row := re.match(r"\s*(\d+)\s.*?(\d+) %", line)):
            found[key].append((row[1], int(row[2])))
    return found


def panel(title, curves, x0):
    labels = [label for label, _ in curves["1"]]
    x = lambda i: x0 + WIDTH * i / max(1, len(labels) - 1)
    y = lambda share: TOP + HEIGHT * (1 - share / 100)
    parts = [f'<text x="{x0}" y="{TOP - 14}" font-weight="600">{title}</text>']
    for share in (0, 25, 50, 75, 100):
        parts.append(f'<line x1="{x0}" x2="{x0 + WIDTH}" y1="{y(share)}" y2="{y(share)}" stroke="#8884"/>')
    for i, label in enumerate(labels):
        parts.append(f'<text x="{x(i):.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle" font-size="9">{label}</text>')
    for threads, rows in curves.items():
        points = " ".join(f"{x(i):.1f},{y(share):.1f}" for i, (_, share) in enumerate(rows))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLORS[threads]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(i):.1f}" cy="{y(share):.1f}" r="2.6" fill="{COLORS[threads]}"/>' for i, (_, share) in enumerate(rows)]
    return parts


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        found = tables(file.read().splitlines())
    titles = list(dict.fromkeys(title for title, _ in found))
    width = LEFT + len(titles) * (WIDTH + GAP) + 14
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + BOTTOM}" font-family="system-ui, sans-serif" font-size="12" fill="#777">']
    parts.append(f'<text x="{LEFT}" y="18">Training: share of the multiply-add limit of the cores in use, in percent; <tspan fill="{COLORS["1"]}">one thread</tspan>, <tspan fill="{COLORS["all"]}">all</tspan></text>')
    parts += [f'<text x="{LEFT - 8}" y="{TOP + HEIGHT * (1 - share / 100) + 4}" text-anchor="end" font-size="10">{share}</text>' for share in (0, 25, 50, 75, 100)]
    for i, title in enumerate(titles):
        parts += panel(title, {threads: found[title, threads] for threads in COLORS if (title, threads) in found}, LEFT + i * (WIDTH + GAP))
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(parts) + "\n</svg>\n")


if __name__ == "__main__":
    main()
