"""Packages: relief types with their golden cases and the standards, as files that travel between counties and lie in git.

A package is planned against what is published (plan.py), merged with what the county changed (merging.py), and goes out as a
release (applying.py), so it is checked, published once and taken back like everything else.
"""

from adminapp.packages import pending, store

__all__ = ["pending", "store"]
