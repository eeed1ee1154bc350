"""Freeze-out, resonances, the plasma of the early universe, scattering on nucleons."""
