"""Long work outside the web request: bulk notices, payment runs, imports, simulations, archives.

The truth is the job's document (`model`); the queue (`queue`) only carries a wake-up with its id, so a lost or doubled
message does no harm. `runner` does the work, `consumer` is the process it happens in.

    registry.register("print_notices", run)                    # at start, by the composition root
    start("print_notices", "打印告知书", {"ids": [...]}, actor)  # in a view; returns the job id
"""

from adminapp.jobs.model import start
from adminapp.jobs.registry import register
from adminapp.jobs.runner import JobContext

__all__ = ["JobContext", "register", "start"]
