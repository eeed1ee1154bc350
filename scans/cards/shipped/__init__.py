"""Run cards that come with jt3r."""
