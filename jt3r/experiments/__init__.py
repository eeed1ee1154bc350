"""Searches for A': what each is, the events it sees, and what it excludes."""
