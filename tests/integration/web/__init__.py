"""Tests of the site that an installation serves."""
