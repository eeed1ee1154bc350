"""Draws from a posterior: where chains begin, the samplers, what judges their draws."""
