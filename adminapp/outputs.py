"""What the program can print or export, by name: the composition root fills it, screens and jobs ask it.

Screens may not import `exports`; they say ``outputs["notice"](…)``. Which names there are, and what each takes and
returns, stands where they are filled (`adminapp/app.py`, `adminapp/cli.py`).
"""

from collections.abc import Callable


class Outputs(dict[str, Callable]):
    """Name → function. A name added twice for different functions raises ValueError, an unknown one KeyError."""

    def add(self, name: str, function: Callable):
        if self.get(name, function) != function:
            raise ValueError(f"output {name!r} is added twice")
        self[name] = function

    def __missing__(self, name):
        raise KeyError(f"no output {name!r}; known: {', '.join(sorted(self)) or 'none'}")


outputs = Outputs()
