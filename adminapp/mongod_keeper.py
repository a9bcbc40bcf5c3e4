"""The process that runs the embedded server: starts it, restarts it after a crash, stops it when nobody uses it.

Run by `mongod.py` as a script, with the standard library only: it lives as long as the server and should weigh little.

    mongod_keeper.py FOLDER BINARY HOST REPLICA_SET CACHE_GB

FOLDER holds `data/`, `mongod.log`, `server.json` (what the users read: port, or why it failed) and the locks:
`keeper.lock` is held while a keeper lives; `users.lock` is held shared by every user, and exclusively by the keeper
while it stops the server, so that a newcomer waits for the end instead of meeting a dying server.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time

POLL_SECONDS = 0.2
STOP_SECONDS = 60
YOUNG_SECONDS = 20  # a server that ends younger than this did not start properly
ATTEMPTS = 5
LOG_BYTES = 20_000_000
OPLOG_MEGABYTES = 512  # the default is 5 % of the disk
PR_SET_PDEATHSIG = 1

PORT_TAKEN, DATA_IN_USE, DATA_TOO_NEW = 48, 100, 62  # exit codes of mongod
REASONS = {
    PORT_TAKEN: "端口被占用",
    DATA_IN_USE: "数据文件正被另一个数据库进程使用，或磁盘已满、没有写入权限",
    DATA_TOO_NEW: "数据文件由其他版本的 MongoDB 写成",
    14: "数据文件损坏或磁盘已满",
    -signal.SIGILL: "处理器不支持 AVX 指令，请另装可用的 MongoDB 并设置 RELIEF_MONGODB_URI",
    127: "缺少系统库（需要 OpenSSL 3，Debian 12 或 Ubuntu 22.04 以上）",
}


class Keeper:
    """One server and its folder. `run` returns when the server is down for good."""

    def __init__(self, folder, binary, host, replica_set, cache_gb):
        self.folder, self.binary, self.host, self.replica_set, self.cache_gb = (
            folder, binary, host, replica_set, cache_gb,
        )  # fmt: skip
        self.server = None
        self.stopping = False
        # Opened first, so the lower number: after a kill the system frees it first, and a newcomer that gets
        # `users.lock` already sees that no keeper lives.
        self.alive = open(self._path("keeper.lock"), "a")  # noqa: SIM115
        self.users = open(self._path("users.lock"), "a")  # noqa: SIM115

    def be_the_only_one(self):
        """Take `keeper.lock` and return whether it was free."""
        deadline = time.monotonic() + 5  # a user that looks whether a keeper lives holds the lock for a moment
        while time.monotonic() < deadline:
            try:
                fcntl.flock(self.alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                time.sleep(0.01)
        return False

    def run(self):
        signal.signal(signal.SIGTERM, self._on_term)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            self._keep()
        finally:
            self._stop()
            self.alive.close()  # before users.lock, see above
            self.users.close()

    def _keep(self):
        port, young = self._choose_port(), 0
        while not self.stopping:
            started = time.monotonic()
            self._launch(port)
            code = self._watch()
            if code is None:
                return  # nobody left, or told to end
            # A server that ran well is started again at once; one that never did is given a few chances.
            young = young + 1 if time.monotonic() - started < YOUNG_SECONDS else 0
            if young == ATTEMPTS:
                self._tell(failure=self._reason(code))
                return
            if code == PORT_TAKEN:
                port = self._free_port()
            elif young:
                time.sleep(0.5 * young)

    def _watch(self):
        """Return the exit code of the server when it ended by itself, None when it should be stopped."""
        while True:
            try:
                return self.server.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            if self.stopping or self._nobody_left():
                return None

    def _nobody_left(self):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def _launch(self, port):
        self._rotate_log()
        command = [
            self.binary,
            "--replSet", self.replica_set,
            "--bind_ip", self.host,
            "--port", str(port),
            "--dbpath", self._path("data"),
            "--logpath", self._path("mongod.log"),
            "--logappend",
            "--quiet",
            "--nounixsocket",
            "--noscripting",
            "--oplogSize", str(OPLOG_MEGABYTES),
            "--wiredTigerCacheSizeGB", self.cache_gb,
            "--wiredTigerEngineConfigString", "file_manager=(close_idle_time=30,close_scan_interval=10,close_handle_minimum=250)",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",  # no secondary to wait for
        ]  # fmt: skip
        keeper = os.getpid()
        self.server = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=lambda: _end_with(keeper))
        self._tell(port=port, pid=self.server.pid, keeper=keeper)

    def _stop(self):
        """Stop the server cleanly; what it does not finish in a minute is left to its journal."""
        if self.server and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def _choose_port(self):
        """Return last time's port while it is free: the stored replica set names it."""
        try:
            with open(self._path("port")) as file:
                port = int(file.read())
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host, port))
                return port
        except (OSError, ValueError, OverflowError):
            return self._free_port()

    def _free_port(self):
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            return probe.getsockname()[1]

    def _tell(self, **facts):
        if "port" in facts:
            self._write("port", str(facts["port"]))
        self._write("server.json", json.dumps(facts, ensure_ascii=False))

    def _write(self, name, text):
        aside = self._path(f".tmp-{name}")
        with open(aside, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(aside, self._path(name))

    def _rotate_log(self):
        log = self._path("mongod.log")
        with contextlib.suppress(OSError):
            if os.path.getsize(log) > LOG_BYTES:
                os.replace(log, log + ".1")

    def _reason(self, code):
        why = REASONS.get(code, f"退出码 {code}")
        return f"内置数据库无法启动：{why}。详情见 {self._path('mongod.log')}。"

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _on_term(self, number, frame):
        self.stopping = True


def _end_with(keeper):
    """Let the server get SIGTERM when its keeper is killed, so that no server is left without one (Linux)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != keeper:
            os._exit(1)


if __name__ == "__main__":
    only = Keeper(*sys.argv[1:])
    if not only.be_the_only_one():
        sys.exit("another keeper lives")
    if os.fork():
        os._exit(0)  # the caller waits for this one, and has no child to look after for the rest of its life
    only.run()
