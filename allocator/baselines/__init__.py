"""Planning by rule, as in 2021: what an optimised plan is compared with.

Both rules hand out the same goods under the same constraints as the solver (whole people, whole
vials, slots, second doses reserved at the same centre with the first, earmarks, bookings); they
differ in who may draw on the national pool. Neither knows the cost it is judged by.
"""

from __future__ import annotations

from allocator.baselines.first_come import first_come
from allocator.baselines.pro_rata import pro_rata

__all__ = ["first_come", "pro_rata"]
