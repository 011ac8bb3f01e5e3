"""When answers leave: those that must not tell by their time leave on the steps of a clock.

A second booking of one person takes another path through the tables than a first one, and so does
a wrong secret than an unknown id. Whoever measures answers would learn which it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from api.problems import NotFound

T = TypeVar("T")


async def evened(work: Awaitable[T], step_s: float, *, always: bool) -> T:
    """Wait for work, and then for the next step since it was begun.

    Parameters
    ----------
    step_s
        Longer than the work takes; 0 for no steps.
    always
        Whether every answer waits; otherwise only that nothing was found.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    waits = always
    try:
        return await work
    except NotFound:
        waits = True
        raise
    finally:
        if waits and step_s:
            await asyncio.sleep(step_s - (loop.time() - began) % step_s)
