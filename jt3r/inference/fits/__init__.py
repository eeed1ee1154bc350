"""Fits: many starts down to minima, what each minimum is worth, and profiles of the likelihood."""
