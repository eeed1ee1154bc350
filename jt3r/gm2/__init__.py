"""The muon's g-2: one loop, beyond it, and the band of the measured value."""
