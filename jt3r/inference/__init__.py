"""Likelihoods, parameter spaces, and the ways through them: fits, profiles, draws."""
