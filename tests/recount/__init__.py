"""A second checker, written from the model's page and from nothing of the product.

It reads the bytes of an instance folder and of a plan folder with the standard library, and works
in plain loops: slow, and right for other reasons than `allocator.check` is.
"""

from tests.recount.campaign import Campaign
from tests.recount.plan import Recount, recount

__all__ = ["Campaign", "Recount", "recount"]
