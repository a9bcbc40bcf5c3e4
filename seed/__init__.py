"""A small believable demo county, the same at every run."""
