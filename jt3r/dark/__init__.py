"""Dark matter: scattering and the relic density."""
