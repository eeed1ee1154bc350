"""Widths of decays."""
