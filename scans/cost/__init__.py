"""What scans take: an estimate from measured times."""
