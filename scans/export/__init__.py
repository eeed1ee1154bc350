"""Scan files for other programs."""
