"""The faces for tests, converted once on a machine and kept: it takes ten seconds."""

import os
import tempfile
from pathlib import Path

from exports import fonts

HOME = Path(tempfile.gettempdir()) / f"relief-test-faces-{os.getuid()}"


def faces() -> fonts.FontSet:
    ready = fonts.prepare(HOME)
    ready.register()
    return ready


def lend(home: Path):
    """Put the converted faces into the home of an app, which then prints at once."""
    faces()
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "fonts").exists():
        (home / "fonts").symlink_to(HOME / "fonts")
