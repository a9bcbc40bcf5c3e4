"""Benchmarks: `make bench`, `SCALE=7 make bench`. Each module has `run(scale) -> rows`, compared within one run."""
