"""Random histories of a small county, and what must hold of every one of them."""
