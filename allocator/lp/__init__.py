"""The planning model as one linear or integer program, solved by HiGHS: the exact reference.

What the price ascent approximates, this package solves outright where the size allows it: it is
the peer of the benchmark, the witness of the tests, and the method for small instances.
"""
