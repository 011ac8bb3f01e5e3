"""The optimisation core: instance folder in, certified plan out.

Pure: no network, no database, no environment, no calendar clock.
Entry points: :func:`allocator.read.read_instance`, :func:`allocator.solve.solve`,
:func:`allocator.check.report.check`.
"""
