"""All observables of the model: importing a module of the model registers what it computes."""

from .dark import observables as _dark  # noqa: F401
from .experiments import observables as _experiments  # noqa: F401
from .experiments import rare_observables as _rare  # noqa: F401
from .flavour import observables as _flavour  # noqa: F401
from .gm2 import observables as _gm2  # noqa: F401
from .gm2 import two_loop as _two_loop  # noqa: F401
from .registry import observables as observables
from .uv import observables as _uv  # noqa: F401
