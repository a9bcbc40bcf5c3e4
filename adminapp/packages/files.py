"""The files of a package, as a folder for git or as one archive: known names only, bounded, the same bytes for the same content.

``package.yaml``, ``standards.yaml``, ``types/<key>.yaml``, ``golden/<key>.yaml``.
"""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

from adminapp import zipped
from adminapp.declaration.problems import Problem
from adminapp.errors import Invalid

MANIFEST, STANDARDS = "package.yaml", "standards.yaml"
NAME = re.compile(r"(?:types|golden)/[a-z][a-z0-9_]{0,59}\.yaml|package\.yaml|standards\.yaml")
MOST_FILES, LARGEST_FILE, LARGEST = 500, 450_000, 12_000_000
"""Files of a package, bytes of one, bytes of all. A declaration has at most 400,000 characters."""
LARGEST_ARCHIVE = 6_000_000
TOO_MANY = f"配置包里最多 {MOST_FILES} 个文件"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: an archive made again has the same bytes."""


def read_folder(folder: Path) -> dict[str, str]:
    """Return {path: text} of the package in a folder; whatever else lies there is no part of it. Raise Invalid."""
    found = [folder / MANIFEST, folder / STANDARDS, *sorted(folder.glob("types/*.yaml")), *sorted(folder.glob("golden/*.yaml"))]
    return _read((path.relative_to(folder).as_posix(), path.stat().st_size, path.read_bytes) for path in found if path.is_file())


def read_archive(data: bytes) -> dict[str, str]:
    """Return {path: text} of an archive. Raise Invalid with everything that is wrong with it; nothing is unpacked to disk."""
    if len(data) > LARGEST_ARCHIVE:
        raise Invalid(f"文件有 {len(data):,} 字节，最多 {LARGEST_ARCHIVE:,} 字节")
    with zipped.opened(data, "不是可以读出的配置包（zip 文件）") as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES:
            raise Invalid(TOO_MANY)
        names = Counter(entry.filename for entry in entries)
        if doubles := sorted(name for name, count in names.items() if count > 1)[:20]:
            raise Invalid([Problem(name[:80], "在压缩包里有两份") for name in doubles])
        return _read((entry.filename, entry.file_size, lambda entry=entry: _unpacked(archive, entry)) for entry in entries)


def _unpacked(archive, entry):
    """Return the content of an entry, never more than one byte past what is allowed, whatever its header says."""
    with archive.open(entry) as stream:
        return stream.read(LARGEST_FILE + 1)


def _read(entries) -> dict[str, str]:
    found, problems, total = {}, [], 0
    for count, (name, size, read) in enumerate(entries):
        if count >= MOST_FILES:
            raise Invalid(TOO_MANY)
        if not NAME.fullmatch(name):
            problems.append(Problem(name[:80], "不是配置包里的文件；应为 types/<代号>.yaml、golden/<代号>.yaml、standards.yaml 或 package.yaml"))
            continue
        data = read() if size <= LARGEST_FILE else b""
        total += len(data)
        if size > LARGEST_FILE or len(data) > LARGEST_FILE:
            problems.append(Problem(name, f"超过 {LARGEST_FILE:,} 字节"))
        elif total > LARGEST:
            raise Invalid(f"配置包展开后超过 {LARGEST:,} 字节")
        else:
            try:
                found[name] = data.decode("utf-8")
            except UnicodeDecodeError:
                problems.append(Problem(name, "不是 UTF-8 文本"))
    if problems:
        raise Invalid(problems[:100])
    return found


def write_folder(files: dict[str, str], folder: Path):
    """Write the files; those of types that are in the package no more are removed, so that git shows them gone."""
    for old in (*folder.glob("types/*.yaml"), *folder.glob("golden/*.yaml")):
        if old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def write_archive(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, files[name].encode())
    return stream.getvalue()
