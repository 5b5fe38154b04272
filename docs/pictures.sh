#!/usr/bin/env bash
# Draws the pictures of docs/autodiff.md again: the sample writes what the engine has recorded, and Graphviz lays it out.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet run -c Release --project samples/AutodiffFromScratch -- pictures docs/images
for source in docs/images/autodiff-*.dot; do
    dot -Tsvg "$source" -o "${source%.dot}.svg"
    echo "${source%.dot}.svg"
done
