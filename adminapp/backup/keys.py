"""The program's own keys (RELIEF_HOME/keys), saved apart from the data under a passphrase.

They seal ID and account numbers and sign the anchors. In the same place as a backup they would undo the sealing, so they
have a file of their own that changes only when a key does: printed or on a stick, in an envelope, in a safe.
"""

import io
import os
import tarfile
from pathlib import Path

import pyrage

from adminapp.config import private_folder
from adminapp.errors import SetupError

SHORTEST = 12
NAMES = ("fields.json", "secret", "anchors")


def save(settings, path: Path, passphrase: str):
    """Write the key files, sealed by the passphrase, to a file that is not there yet. Raise SetupError."""
    if len(passphrase) < SHORTEST:
        raise SetupError(f"口令至少 {SHORTEST} 个字符：拿到这个文件和口令的人能打开全部号码。")
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name in NAMES:
            if (settings.keys / name).exists():
                tar.add(settings.keys / name, name)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pyrage.passphrase.encrypt(data.getvalue(), passphrase))
    except FileExistsError as error:
        raise SetupError(f"{path} 已经存在，没有覆盖。") from error
    except OSError as error:
        raise SetupError(f"无法写入 {path}：{error.strerror}。") from error


def restore(settings, path: Path, passphrase: str) -> list[str]:
    """Put the key files back where there are none; return their names. Raise SetupError."""
    try:
        data = pyrage.passphrase.decrypt(Path(path).read_bytes(), passphrase)
    except OSError as error:
        raise SetupError(f"无法读取 {path}：{error.strerror}。") from error
    except pyrage.DecryptError as error:
        raise SetupError(f"{path} 打不开：口令不对，或者文件不完整。") from error
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        found = {member.name: tar.extractfile(member).read() for member in tar if member.name in NAMES}
    folder = private_folder(Path(settings.home) / "keys")
    for name, content in found.items():
        there = folder / name
        if there.exists() and there.read_bytes() != content:
            raise SetupError(f"{there} 已经存在且不同，没有覆盖；请先移走，确认不再需要后再恢复。")
    for name, content in found.items():
        if not (folder / name).exists():
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
    return sorted(found)
