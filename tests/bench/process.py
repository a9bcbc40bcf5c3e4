"""Runs one benchmark in a process of its own, so that its peak memory is its own."""

import importlib
import inspect
import multiprocessing
import resource


def in_own_process(name: str, scale: float):
    """Return (rows, peak MB of the process) of `tests.bench.<name>.run`."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_run, (name, scale))


def _run(name, scale):
    run = importlib.import_module(f"tests.bench.{name}").run
    takes_scale = "scale" in inspect.signature(run).parameters
    rows = run(scale=scale) if takes_scale else run()
    return list(rows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
