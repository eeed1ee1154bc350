"""Samplers of any density without bounds."""
