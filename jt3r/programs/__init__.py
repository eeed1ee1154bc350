"""Compiled programs, kept for this process and for later ones."""
