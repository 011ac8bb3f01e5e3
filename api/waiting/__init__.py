"""The waiting list: who waits where, what is offered to whom, and why nothing was yet."""
