"""The pages' protocol, for the tests of both languages."""

from tests.property.protocol.twin import twin

__all__ = ["twin"]
