"""Models of a light U(1): each says in a few lines which couplings its particles have at a point of its parameters."""
