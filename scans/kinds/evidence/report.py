"""What a file of nested sampling says: ln Z, and the Bayes factor against the Standard Model."""

from typing import Any

import h5py
from rich.text import Text


def report(file: h5py.File, card: dict) -> list[Any]:
    """ln Z with its error, and what it is against the Standard Model where the terms tell."""
    told = {name: float(file.attrs[name]) for name in ("ln_z", "ln_z_error", "effective_draws", "ln_z_standard_model")}
    lines = [f"ln Z = {told['ln_z']:.3f} +- {told['ln_z_error']:.3f}; the points are worth {told['effective_draws']:.0f} draws"]
    if told["ln_z_standard_model"] == told["ln_z_standard_model"]:
        gain = told["ln_z"] - told["ln_z_standard_model"]
        lines.append(
            f"Standard Model {told['ln_z_standard_model']:.3f}: ln of the Bayes factor {gain:+.2f} +- {told['ln_z_error']:.2f}"
        )
    return [Text(line) for line in lines]
