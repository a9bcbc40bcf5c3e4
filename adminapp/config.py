"""Settings, read once from the environment and passed on as one frozen value.

| variable | meaning | default |
| --- | --- | --- |
| RELIEF_MONGODB_URI | database server; empty starts the embedded one | empty |
| RELIEF_DATABASE | database name | relief |
| RELIEF_HOME | folder for keys, embedded data, files, jobs | ./var |
| RELIEF_ANCHORS | folder of the daily anchors of the logs, better on another disk or machine | anchors in RELIEF_HOME |
| RELIEF_SECRET_KEY | secret of session cookies; empty uses the file `keys/secret` in RELIEF_HOME | empty |
| RELIEF_REDIS_URL | job queue shared by several machines; empty uses SQLite in RELIEF_HOME | empty |
| RELIEF_PROXY_HOPS | trusted reverse proxies in front | 0 |
| RELIEF_INSECURE_COOKIES | 1 lets cookies travel over plain HTTP (a demo on one's own machine) | 0 |
| RELIEF_COUNTY | name of the county on screens and papers | 凤凰县 |
| RELIEF_BACKUP_KEY | public key that backups are sealed for (`relief backup key`) | empty |
| RELIEF_CACHE_GB | memory for the embedded server's cache | 1 |
"""

import difflib
import os
import re
import secrets
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from adminapp.errors import SetupError

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
SECRET_BYTES = 32


@dataclass(frozen=True)
class Settings:
    """What the program was told at start. Secrets are kept out of `repr`, so out of logs."""

    home: Path = Path("var")
    mongodb_uri: str = field(default="", repr=False)
    database: str = "relief"
    redis_url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    proxy_hops: int = 0
    insecure_cookies: bool = False
    county: str = "凤凰县"
    cache_gb: float = 1.0
    anchors: Path | None = None
    backup_key: str = ""

    @property
    def embedded(self):
        """Return whether the program starts its own database server."""
        return not self.mongodb_uri

    @property
    def keys(self):
        """Return the folder of key files, made readable by the owner only."""
        return private_folder(self.home / "keys")

    @property
    def anchor_folder(self):
        """Return the folder of the anchors (adminapp/anchors.py), made readable by the owner only."""
        return private_folder(Path(self.anchors or self.home / "anchors"))

    @property
    def secret_key(self):
        """Return the secret of session cookies (text); created as `keys/secret`, mode 0600, at first use."""
        return self.secret or read_key(self.keys / "secret")

    def replaced(self, **changes):
        """Return a copy with other values."""
        return replace(self, **changes)


def read_settings(environ=os.environ, **overrides):
    """Return Settings from RELIEF_… variables; `overrides` (field names of Settings) win over them.

    Raise SetupError, one sentence, for the first value that cannot be used. No folder is created here.
    """
    _refuse_unknown(environ)
    read = {name: reader(environ[name].strip(), name) for name, (_, reader) in VARIABLES.items() if environ.get(name)}
    settings = Settings(**{VARIABLES[name][0]: value for name, value in read.items()})
    unknown = overrides.keys() - {each.name for each in fields(Settings)}
    if unknown:
        raise TypeError(f"Settings have no {', '.join(sorted(unknown))}")
    overrides = {name: value for name, value in overrides.items() if value is not None}
    settings = settings.replaced(**overrides)
    anchors = Path(settings.anchors).absolute() if settings.anchors else None
    return settings.replaced(home=Path(settings.home).absolute(), anchors=anchors)


def private_folder(path):
    """Create the folder with mode 0700 and return its path. Raise SetupError when that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SetupError(f"无法建立文件夹 {path}：{error.strerror}。请检查 RELIEF_HOME 和磁盘权限。") from error
    return path


def read_key(path, size=SECRET_BYTES):
    """Return the text of a key file, created at first use with `size` random bytes (hex), mode 0600.

    Two processes that start together agree on one key: the file is written aside and linked into place once.
    Raise SetupError for a key file that others may read or that is too short to be one.
    """
    if not path.exists():
        _create_key(path, size)
    try:
        mode = path.stat().st_mode & 0o077
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"无法读取密钥文件 {path}，请检查文件权限和内容。") from error
    if mode:
        raise SetupError(f"密钥文件 {path} 可被其他用户读取，请执行 chmod 600 {path}。")
    if len(text) < size:
        raise SetupError(f"密钥文件 {path} 的内容不完整，请从备份恢复。")
    return text


def _create_key(path, size):
    private_folder(path.parent)
    aside = path.with_name(f".tmp-{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(size) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)  # fails if another process was first, unlike a rename
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    except OSError as error:
        raise SetupError(f"无法写入密钥文件 {path}：{error.strerror}。") from error


def _refuse_unknown(environ):
    for name in environ:
        if name.startswith("RELIEF_") and name not in VARIABLES:
            near = difflib.get_close_matches(name, VARIABLES, 1)
            hint = f"是否应为 {near[0]}？" if near else ""
            raise SetupError(f"不认识环境变量 {name}。{hint}可用的有：{'、'.join(VARIABLES)}。")


def _text(value, name):
    if any(ord(letter) < 32 for letter in value):
        raise SetupError(f"{name} 中有不可见字符，请重新填写。")
    return value


def _whole(value, name):
    if not re.fullmatch(r"[0-9]", value):
        raise SetupError(f"{name} 应为 0 至 9 的整数，现为“{value}”。")
    return int(value)


def _size(value, name):
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", value) or not 0.25 <= float(value) <= 1024:
        raise SetupError(f"{name} 应为 0.25 至 1024 之间的数（单位 GB），现为“{value}”。")
    return float(value)


def _yes_no(value, name):
    if value.lower() not in TRUE | FALSE:
        raise SetupError(f"{name} 应为 1 或 0，现为“{value}”。")
    return value.lower() in TRUE


def _database_name(value, name):
    # MongoDB refuses these marks and 64 bytes or more; keep to what every shell and file system takes.
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,47}", value) or value.lower() in {"admin", "local", "config"}:
        raise SetupError(f"{name} 应为字母开头、由字母数字组成的库名，不能是 admin、local、config，现为“{value}”。")
    return value


def _mongodb_uri(value, name):
    # The value may hold a password, so it is never repeated in the sentence.
    if not value.startswith(("mongodb://", "mongodb+srv://")):
        raise SetupError(f"{name} 应以 mongodb:// 或 mongodb+srv:// 开头，如 mongodb://127.0.0.1:27017/?replicaSet=rs0。")
    return _text(value, name)


def _redis_url(value, name):
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise SetupError(f"{name} 应以 redis:// 或 rediss:// 开头，如 redis://127.0.0.1:6379/0。")
    return _text(value, name)


def _secret(value, name):
    if len(value) < SECRET_BYTES:
        raise SetupError(f"{name} 至少要有 {SECRET_BYTES} 个字符。")
    return _text(value, name)


def _path(value, name):
    return Path(_text(value, name)).expanduser()


VARIABLES = {
    "RELIEF_HOME": ("home", _path),
    "RELIEF_MONGODB_URI": ("mongodb_uri", _mongodb_uri),
    "RELIEF_DATABASE": ("database", _database_name),
    "RELIEF_REDIS_URL": ("redis_url", _redis_url),
    "RELIEF_ANCHORS": ("anchors", _path),
    "RELIEF_SECRET_KEY": ("secret", _secret),
    "RELIEF_PROXY_HOPS": ("proxy_hops", _whole),
    "RELIEF_INSECURE_COOKIES": ("insecure_cookies", _yes_no),
    "RELIEF_COUNTY": ("county", _text),
    "RELIEF_BACKUP_KEY": ("backup_key", _text),
    "RELIEF_CACHE_GB": ("cache_gb", _size),
}
