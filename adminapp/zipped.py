"""Zip files that people upload (packages, workbooks): every way of being damaged is one refusal."""

import io
import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager

from adminapp.errors import Invalid

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, IndexError, RuntimeError, ValueError)
"""What `zipfile` raises for a damaged or locked archive.

RuntimeError holds NotImplementedError; ValueError comes of a name that is no text, IndexError of an empty one.
"""


@contextmanager
def opened(data: bytes, sentence: str):
    """Give the archive; raise Invalid with the sentence when opening it, or reading an entry of it, fails."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except DAMAGED as error:
        raise Invalid(sentence) from error
