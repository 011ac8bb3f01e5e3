"""Compiled kernels: numba behind one typed decorator, so that callers stay strictly typed.

With `NUMBA_DISABLE_JIT=1` every kernel is the plain Python function it was written as.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

_P = ParamSpec("_P")
_R = TypeVar("_R")


def kernel(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function of numbers and arrays; compiled code is cached and frees the GIL."""
    return cast("Callable[_P, _R]", njit(cache=True, nogil=True)(function))
