"""What tests of pictures share: a small file in memory, laid out as a scan's, axes to draw on, and the ink of a picture."""

from io import BytesIO

import h5py
import matplotlib.image
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from jt3r.scans.engine.plan import observable_attributes, parameter_attributes


def memory_file(axes: dict, arrays: dict, attributes: dict | None = None) -> h5py.File:
    """``axes``: name -> values; ``arrays``: name -> (names of its axes, values, attributes)."""
    file = h5py.File(BytesIO(), "w")
    for name, values in axes.items():
        texts = isinstance(values[0], str)
        file.create_dataset(name, data=np.array(values, h5py.string_dtype() if texts else None))
        file[name].make_scale(name)
    for name, (dims, values, facts) in arrays.items():
        file[name] = values
        file[name].attrs.update({"units": "1", "latex": name.replace("_", " "), **facts})
        for k, dim in enumerate(dims):
            file[name].dims[k].label = dim
    for name in axes:
        file[name].attrs.update({"units": "1", "latex": name.replace("_", " "), **facts_of(name)})
        file[name].dims[0].label = name
    file.attrs.update(attributes or {})
    return file


def facts_of(name: str) -> dict:
    """Unit and label of a parameter or an observable, none of another name."""
    for attributes in (lambda name: parameter_attributes(name, "t3r"), observable_attributes):
        try:
            return attributes(name)
        except KeyError:
            pass
    return {}


def new_axes():
    figure = Figure(figsize=(5.2, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def legend_texts(axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def ink_of(picture):
    """Fraction of pixels that are not white, and how many colours there are."""
    pixels = (matplotlib.image.imread(picture)[..., :3] * 255).round().astype(int).reshape(-1, 3)
    return np.mean((pixels != 255).any(axis=1)), len(np.unique(pixels, axis=0))
