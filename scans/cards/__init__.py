"""Run cards shipped with jt3r."""
