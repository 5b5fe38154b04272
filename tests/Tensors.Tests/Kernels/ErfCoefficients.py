"""Prints the coefficients of ErfKernel. Needs mpmath (Debian: python3-mpmath).

R(x) = exp(x^2) erfc(x) is approximated by a polynomial in t = (x - 2.5)/(x + 2.5), which maps x = 1 .. 6 onto an interval around 0.
Remez's exchange makes the largest error of exp(-x^2) R, which is that of erf itself, as small as it can be.
"""
from mpmath import cos, erfc, exp, lu_solve, matrix, mp, nstr, pi, polyval

mp.dps = 50
CENTER = mp.mpf("2.5")
GRID = 600


def fit(low, high, degree):
    points = [(x - CENTER) / (x + CENTER) for x in (mp.mpf(low), mp.mpf(high))]
    middle, radius = (points[0] + points[1]) / 2, (points[1] - points[0]) / 2
    chebyshev = lambda n: [middle + radius * cos(pi * k / n) for k in range(n + 1)]
    x_of = lambda t: CENTER * (1 + t) / (1 - t)
    target = lambda t: exp(x_of(t) ** 2) * erfc(x_of(t))

    nodes = chebyshev(degree + 1)
    while True:
        # Errors of equal size and alternating sign at the nodes.
        system = matrix([[t**j for j in range(degree + 1)] + [(-1) ** i * exp(x_of(t) ** 2)] for i, t in enumerate(nodes)])
        solution = list(lu_solve(system, matrix([target(t) for t in nodes])))
        coefficients, level = solution[-2::-1], abs(solution[-1])

        # The nodes move to where the error is largest between its changes of sign.
        extrema = []
        for t in chebyshev(GRID):
            error = (polyval(coefficients, t) - target(t)) * exp(-x_of(t) ** 2)
            if extrema and (extrema[-1][1] > 0) == (error > 0):
                if abs(error) > abs(extrema[-1][1]):
                    extrema[-1] = (t, error)
            else:
                extrema.append((t, error))
        while len(extrema) > degree + 2:
            extrema.pop(0 if abs(extrema[0][1]) < abs(extrema[-1][1]) else -1)
        largest = max(abs(error) for _, error in extrema)
        nodes = [t for t, _ in extrema]
        if largest < level * 1.02:
            return coefficients, largest


for name, high, degree in (("F64", 6, 12), ("F32", 4, 6)):
    coefficients, largest = fit(1, high, degree)
    print(f"{name}: largest error {nstr(largest, 2)}")
    print("    " + ", ".join(nstr(c, 19) for c in coefficients))
