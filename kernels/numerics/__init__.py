"""Numerical tools: floating-point types, series, quadrature, roots, Bessel functions,
statistics.
"""
