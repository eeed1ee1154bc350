"""What every kernel test asks of a kernel, whatever it computes."""

import jax


def assert_lowers_for_cuda(function, *arguments) -> None:
    """The kernel compiles for NVIDIA GPUs too: no host callback, no operation that only the CPU has."""
    exported = jax.export.export(jax.jit(function), platforms=("cpu", "cuda"))(*arguments)
    assert exported.platforms == ("cpu", "cuda")
    assert "callback" not in exported.mlir_module()
