"""Go through a backup from its beginning to its end, and tell whether it is whole."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from adminapp.backup import sealed
from adminapp.backup.writing import FORMAT
from adminapp.errors import SetupError


def through(path: Path, identity, documents: Callable = lambda name, data: None, file: Callable = lambda name, data: None) -> dict:
    """Call `documents(collection, bytes)` for each part and `file(name, bytes)` for each file; return the manifest.

    Everything read is compared with the manifest, which stands at the end. Raise SetupError naming the first thing that
    differs; what was handed out until then is not to be trusted.
    """
    seen, files, manifest = {}, {}, None
    with sealed.reading(path, identity) as tar:
        for member in tar:
            data = tar.extractfile(member).read()
            kind, _slash, name = member.name.partition("/")
            if member.name == "header.json":
                _check_format(path, json.loads(data))
            elif kind == "data":
                collection = name.rpartition("/")[0]
                seen.setdefault(collection, hashlib.sha256()).update(data)
                documents(collection, data)
            elif kind == "files":
                files[member.name] = hashlib.sha256(data).hexdigest()
                file(name, data)
            elif member.name == "manifest.json":
                manifest = json.loads(data)
    _compare(path, manifest, seen, files)
    return manifest


def _check_format(path, header):
    if header.get("format") != FORMAT:
        raise SetupError(f"{path} 的格式是 {header.get('format')}，本程序只认格式 {FORMAT}；请用写这份备份的程序版本（{header.get('program')}）恢复。")


def _compare(path, manifest, seen, files):
    if manifest is None:
        raise SetupError(f"{path} 不完整：没有结尾的清单。")
    told = {name: each["sha256"] for name, each in manifest["collections"].items()}
    found = {name: digest.hexdigest() for name, digest in seen.items()}
    for name in sorted(told.keys() | found.keys()):
        if told.get(name) != found.get(name):
            raise SetupError(f"{path} 中“{name}”的内容与清单不符，不能用来恢复。")
    for name in sorted(manifest["files"].keys() | files.keys()):
        if manifest["files"].get(name) != files.get(name):
            raise SetupError(f"{path} 中文件“{name}”与清单不符，不能用来恢复。")
