"""Physics as pure functions of arrays, true of any model."""
