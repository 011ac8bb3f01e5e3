"""The daily split of a weekly plan into sessions, and the quotas of its first doses."""

from allocator.days.quotas import quotas
from allocator.days.sessions import Days, split_into_days
from allocator.days.unpaired import Unpaired

__all__ = ["Days", "Unpaired", "quotas", "split_into_days"]
