"""A key service in a process of its own, for the tests of this folder."""

from tests.integration.keyservice.process import running
from tests.property.protocol.twin import twin

__all__ = ["running", "twin"]
