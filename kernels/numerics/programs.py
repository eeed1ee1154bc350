"""Compiled programs of a function and what it is about: made here for this process, or found by a
caller that keeps them longer.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Protocol

import jax

from .jax_internals import QUICK_AND_LONG, QUICK_TO_COMPILE, Options, usable


class Program(Protocol):
    """Makes a compiled program of a function and its first argument, which is hashable and of which
    a repr tells all.
    """

    def __call__(self, function: Callable[..., Any], first: Any, runs_long: bool = False) -> Callable[..., Any]:
        """``runs_long``: for seconds, so that it is worth some optimisation."""
        ...


@lru_cache(maxsize=256)
def jitted(function: Callable[..., Any], first: Any, runs_long: bool = False) -> Callable[..., Any]:
    """The program of this process, for calls outside other programs: of many small numbers, quickly
    compiled.
    """
    return jax.jit(partial(function, first), compiler_options=usable(options_of(runs_long)))


def options_of(runs_long: bool) -> Options:
    """The compiler's options for a program that a ``Program`` makes."""
    return QUICK_AND_LONG if runs_long else QUICK_TO_COMPILE
