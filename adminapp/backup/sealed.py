"""The envelope of a backup: age (X25519, ChaCha20-Poly1305) around a tar file, written and read as a stream.

A backup is sealed for a *recipient* (public, in RELIEF_BACKUP_KEY); only the *identity* opens it, a file that is made once
by `relief backup key` and kept off this computer. So whoever takes over the server cannot read the backups of yesterday.
"""

import gzip
import os
import tarfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pyrage

from adminapp.errors import SetupError

LEVEL = 3
"""Of gzip: more is slower than the database and saves little."""


def new_identity(path: Path) -> str:
    """Write a new identity to a file that is not there yet (mode 0600); return its recipient."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"# public key: {recipient}\n{identity}\n")
    except FileExistsError as error:
        raise SetupError(f"{path} 已经存在，没有改动；旧备份只能用旧的私钥打开，请换一个文件名。") from error
    except OSError as error:
        raise SetupError(f"无法写入 {path}：{error.strerror}。") from error
    return recipient


def recipient_of(text: str):
    """Return the recipient that a text names. Raise SetupError."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise SetupError("备份公钥的写法不对，应以 age1 开头；公钥由 relief backup key 给出。") from error


def read_identity(path: Path):
    """Return the identity that a file holds. Raise SetupError."""
    try:
        lines = [line.strip() for line in Path(path).read_text("utf-8").splitlines()]
        return pyrage.x25519.Identity.from_str(next(line for line in lines if line and not line.startswith("#")))
    except OSError as error:
        raise SetupError(f"无法读取备份私钥 {path}：{error.strerror}。") from error
    except (StopIteration, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise SetupError(f"{path} 不是备份私钥，应有一行以 AGE-SECRET-KEY- 开头。") from error


@contextmanager
def writing(path: Path, recipient):
    """Yield a tar file whose bytes end sealed in `path`; the file appears whole or not at all. Raise SetupError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(aside, "xb") as target:
            os.chmod(aside, 0o600)
            with _piped(lambda source: pyrage.encrypt_io(source, target, [recipient]), "w") as tar:
                yield tar
            target.flush()
            os.fsync(target.fileno())
        os.link(aside, path)
    except FileExistsError as error:
        raise SetupError(f"{path} 已经存在，没有覆盖。") from error
    except OSError as error:
        raise SetupError(f"写备份 {path} 时出错：{error.strerror}。请检查磁盘空间和权限。") from error
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def reading(path: Path, identity):
    """Yield the tar file inside a backup, to be read once from its beginning to its end.

    Raise SetupError when the file is not there, is not for this identity, or was cut off or changed.
    """
    try:
        with open(path, "rb") as source, _piped(lambda target: pyrage.decrypt_io(source, target, [identity]), "r") as tar:
            yield tar
    except pyrage.DecryptError as error:
        raise SetupError(f"{path} 打不开：私钥不是这份备份的，或者文件不完整、被改动。") from error
    except (tarfile.TarError, EOFError) as error:
        raise SetupError(f"{path} 不完整或被改动：{error}") from error
    except OSError as error:
        if error.strerror is None:  # age tells of what it cannot decrypt in this way once it has begun
            raise SetupError(f"{path} 不完整或被改动，不能用来恢复。") from error
        raise SetupError(f"无法读取备份 {path}：{error.strerror}。") from error


@contextmanager
def _piped(work, mode):
    """Run `work` on one end of a pipe in a thread, and yield a tar file on the other; its error is raised here first."""
    out, into = os.pipe()
    ours, theirs = (os.fdopen(into, "wb"), os.fdopen(out, "rb")) if mode == "w" else (os.fdopen(out, "rb"), os.fdopen(into, "wb"))
    failed = []

    def run():
        try:
            with theirs:
                work(theirs)
        except BrokenPipeError:
            pass  # our end was closed early: what made us do so is told there
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        with ours, gzip.GzipFile(fileobj=ours, mode=f"{mode}b", compresslevel=LEVEL) as plain, tarfile.open(fileobj=plain, mode=f"{mode}|") as tar:
            yield tar
    except BaseException:
        thread.join()
        if failed:
            raise failed[0] from None
        raise
    thread.join()
    if failed:
        raise failed[0]
