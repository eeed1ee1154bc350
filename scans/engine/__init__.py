"""Running a scan: tiles, workers, checkpoints, programs."""
