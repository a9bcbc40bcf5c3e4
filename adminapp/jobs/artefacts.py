"""Files that jobs make: RELIEF_HOME/artefacts/<job>/, whole or not at all, known by their digest.

With several machines this folder is shared between them.
"""

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path

from adminapp.config import private_folder
from adminapp.errors import NotFound, ReliefError


class Damaged(ReliefError):
    """The file is not the one the job made."""

    sentence = "文件已损坏或被改动，请重新生成。"


def folder_of(settings, job_id: str) -> Path:
    """Return the folder of a job, made when it is not there; what a killed worker left half written is removed."""
    if not re.fullmatch(r"[0-9a-f]{24}", job_id):
        raise NotFound()
    return private_folder(private_folder(Path(settings.home) / "artefacts") / job_id)


def clean(folder: Path):
    """Remove what a killed worker left half written."""
    for path in folder.glob(".tmp-*"):
        path.unlink(missing_ok=True)


def keep(source: Path, folder: Path) -> dict:
    """Bring a finished file into the folder under a random-free name and return ``{file, size, digest}``."""
    digest = digest_of(source)
    target = folder / f"{digest[:32]}{source.suffix}"
    if source != target:
        beside = folder / f".tmp-{secrets.token_hex(8)}"
        if source.parent == folder:
            os.replace(source, beside)
        else:
            shutil.copyfile(source, beside)
        _flush(beside)
        os.replace(beside, target)
        _flush(folder)
    return {"file": target.name, "size": target.stat().st_size, "digest": digest}


def path_of(settings, job: dict, number: int) -> tuple[Path, dict]:
    """Return path and entry of a job's artefact by its place in the list. Raise NotFound, Damaged."""
    entries = job.get("artefacts") or []
    if not 0 <= number < len(entries):
        raise NotFound()
    path = folder_of(settings, job["_id"]) / entries[number]["file"]
    if not path.is_file():
        raise NotFound("文件已清理，请重新生成。")
    if digest_of(path) != entries[number]["digest"]:
        raise Damaged()
    return path, entries[number]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
