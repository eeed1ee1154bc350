"""Flavour: Wilson coefficients, observables of b -> s l l, measurements, benchmarks."""
