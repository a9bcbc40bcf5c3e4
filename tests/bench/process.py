"""Runs one benchmark in a process of its own, so that its peak memory is its own."""

import importlib
import inspect
import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor


def in_own_process(name: str, scale: float):
    """Return (rows, peak MB of the process) of `tests.bench.<name>.run`."""
    # Not a Pool: its workers may have no children, and a large simulation works in two processes.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, name, scale).result()


def _run(name, scale):
    run = importlib.import_module(f"tests.bench.{name}").run
    takes_scale = "scale" in inspect.signature(run).parameters
    rows = run(scale=scale) if takes_scale else run()
    return list(rows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
