"""Wilson coefficients of b -> s l l: matching, running, leptonic decays."""
