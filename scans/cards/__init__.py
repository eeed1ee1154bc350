"""Run cards: what to scan, read and checked key by key."""
