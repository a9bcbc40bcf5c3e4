"""The product as it runs: gunicorn with two workers on a free port, and a plain HTTP client that signs in."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]


def environment(settings, mongo_uri):
    return {
        **os.environ, "RELIEF_MONGODB_URI": mongo_uri, "RELIEF_DATABASE": settings.database, "RELIEF_HOME": str(settings.home),
        "RELIEF_INSECURE_COOKIES": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@contextmanager
def serving(settings, mongo_uri, folder: Path, workers: int = 2):
    """Yield (port, log): each line of `log` is "<pid of the worker> <status> <path>"."""
    port = free_port()
    log = folder / "access.log"
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--access-logfile", str(log),
        "--access-logformat", "%(p)s %(s)s %(U)s", "--log-level", "warning", "adminapp.app:create_app()",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment(settings, mongo_uri))
    try:
        wait_for(port, process)
        yield port, log
    finally:
        process.terminate()
        process.wait(40)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=120):
    """Return once the port answers; fail when the process ends before."""
    for _ in range(seconds * 10):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, "the server did not start"
            time.sleep(0.1)
    raise AssertionError(f"no answer on port {port} within {seconds} s")


class Visitor:
    """A person with a cookie jar. Every request is a new connection, so that all workers take their turn."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def get(self, path):
        status, body = self._ask("GET", path)
        return status, body.decode()

    def get_bytes(self, path):
        return self._ask("GET", path)[1]

    def post(self, path, **data):
        page = self.get("/login" if path == "/login" else "/password")[1]
        data["csrf_token"] = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        status, body = self._ask("POST", path, urlencode(data), headers)
        return status, body.decode()

    def sign_in(self, username, password):
        status, text = self.post("/login", username=username, password=password)
        assert status == 303, (status, text[:2000])
        return self

    def _ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {"Cookie": jar, "Connection": "close", **(headers or {})})
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return answer.status, answer.read()
        finally:
            connection.close()
