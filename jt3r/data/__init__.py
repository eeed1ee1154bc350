"""Numbers from the literature, with their sources, and the scripts that make the tables."""
