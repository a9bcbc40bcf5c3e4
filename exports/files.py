"""Writing to a file or a stream: a file appears complete or not at all."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def opened(path_or_stream):
    """Yield a binary stream. A path is written beside itself, flushed to disk and moved into place at the end."""
    if hasattr(path_or_stream, "write"):
        yield path_or_stream
        return
    path = Path(path_or_stream)
    beside = path.with_name(f".tmp-{path.name}-{secrets.token_hex(4)}")
    try:
        with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        _flush_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut; the flush of the file alone keeps only its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
