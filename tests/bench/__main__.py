"""Runs the benchmarks and prints one table: `python -m tests.bench [name …]`, `SCALE=7` for the prefecture.

Every figure stands next to the stock way of the same run; ratios hold on any machine, seconds on this one.
"""

import importlib
import os
import sys
import time

from tests.bench.process import in_own_process

MODULES = ("lists", "publish", "designer", "simulate", "payments", "pages", "sheets", "imports", "notices", "public", "seed")


def main(names):
    scale = float(os.environ.get("SCALE", "1"))
    unknown = set(names) - set(MODULES)
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; known: {', '.join(MODULES)}")
    failed = []
    print(f"scale {scale:g}, {os.cpu_count()} cores\n")
    for name in names or MODULES:
        start = time.perf_counter()
        try:
            rows, memory = in_own_process(name, scale)
        except Exception as error:  # one broken benchmark must not hide the others
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}\n")
            continue
        print(f"{name} ({time.perf_counter() - start:.0f} s, peak memory {memory:.0f} MB)")
        for label, value, unit, *note in rows:
            print(f"  {label:58} {value:>12,.2f} {unit:6} {note[0] if note else ''}".rstrip())
        print(flush=True)
    raise SystemExit(f"failed: {', '.join(failed)}" if failed else 0)


def load(name):
    return importlib.import_module(f"tests.bench.{name}")


if __name__ == "__main__":
    main(sys.argv[1:])
