"""jt3r: a differentiable scanning engine for the U(1)_T3R model.

Everything that is meant for use has its name here; each is loaded when it is first asked for, so
that the import itself costs nothing. Float64 is on by default, here and nowhere else. Set the
environment variable ``JAX_ENABLE_X64=0`` before the import to work in float32.
"""

import os as _os
import sys as _sys
from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if "JAX_ENABLE_X64" not in _os.environ:
    # Importing JAX only to set this would cost half a second in every `jt3r --help`; JAX reads the variable when it is
    # itself first imported.
    _os.environ["JAX_ENABLE_X64"] = "1"
    if "jax" in _sys.modules:
        _sys.modules["jax"].config.update("jax_enable_x64", True)

if _TYPE_CHECKING:
    from . import experiments as experiments
    from . import flavour as flavour
    from .additions import dataset as dataset
    from .additions import experiment as experiment
    from .catalogue import observables as observables
    from .couplings import Couplings as Couplings
    from .experiments import limits as limits
    from .gm2 import band as band
    from .inference.fits.fit import fit as fit
    from .inference.fits.profile import profile as profile
    from .inference.likelihood import Likelihood as Likelihood
    from .inference.sampling.sample import sample as sample
    from .inference.space import Prior as Prior
    from .inference.space import Space as Space
    from .inference.terms import term as term
    from .point import Point as Point
    from .point import parameters as parameters
    from .registry import observable as observable
    from .scans.engine.run import run as run
    from .scans.export.write import export as export
    from .scans.kinds.picture import plot as plot
    from .scans.store.xarray import open_dataset as open  # noqa: F401
    from .sensitivity import vmap as vmap
    from .u1 import MODELS as models  # noqa: F401
    from .u1 import model as model

__version__ = "0.2.0"

_HOMES = {
    "Point": "point:Point",
    "Couplings": "couplings:Couplings",
    "models": "u1:MODELS",
    "model": "u1:model",
    "experiment": "additions:experiment",
    "dataset": "additions:dataset",
    "term": "inference.terms:term",
    "parameters": "point:parameters",
    "observables": "catalogue:observables",
    "observable": "registry:observable",
    "vmap": "sensitivity:vmap",
    "band": "gm2.band",
    "limits": "experiments.limits",
    "experiments": "experiments",
    "flavour": "flavour",
    "Likelihood": "inference.likelihood:Likelihood",
    "Space": "inference.space:Space",
    "Prior": "inference.space:Prior",
    "fit": "inference.fits.fit:fit",
    "profile": "inference.fits.profile:profile",
    "sample": "inference.sampling.sample:sample",
    "run": "scans.engine.run:run",
    "open": "scans.store.xarray:open_dataset",
    "plot": "scans.kinds.picture:plot",
    "export": "scans.export.write:export",
}
"""Public name -> the module it is, or "module:name" that it is in."""

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> _Any:
    if name not in _HOMES:
        raise AttributeError(_no_such(name))
    module, _, attribute = _HOMES[name].partition(":")
    home = _import_module(f".{module}", __name__)
    return getattr(home, attribute) if attribute else home


def _no_such(name: str) -> str:
    from .errors import unknown

    return f"module 'jt3r': {unknown('name', name, _HOMES)}"


def __dir__() -> list[str]:
    return __all__
