"""What likelihoods and draws say beyond a fit: evidence, other data for old draws, toys."""
