"""The independent judge: recounts a plan from the instance and the plan's tables alone.

It shares no code with the solver: only the instance, the plan's tables and the certificate's
format. Entry points: :func:`allocator.check.verdict.judge` on values in memory,
:func:`allocator.check.report.check_folder` on folders,
:func:`allocator.check.bound.lower_bound` for the certificate alone.
"""
