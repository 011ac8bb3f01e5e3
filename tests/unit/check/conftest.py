from __future__ import annotations

import pytest

from allocator.instance import Instance
from tests.unit.check.plans import campaign


@pytest.fixture
def instance(tmp_path) -> Instance:
    """Return the hand-made campaign."""
    return campaign(tmp_path / "campaign")
