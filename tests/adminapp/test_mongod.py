"""The embedded server is real, shared, survives crashes and never outlives its users."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pymongo
import pytest

from adminapp import mongod
from adminapp.errors import SetupError

ROOT = Path(__file__).parents[2]
USER = """
import sys, time
from adminapp import mongod
with mongod.embedded(sys.argv[1], cache_gb=0.25) as uri:
    print(uri, flush=True)
    sys.stdin.read()
"""
WAIT_SECONDS = 60


@pytest.fixture
def home(tmp_path):
    """Return a fresh home; whatever still runs in it after the test is ended."""
    yield tmp_path / "home"
    for process in list(running(tmp_path)):
        process.kill()


@pytest.fixture
def start_user(home):
    """Return a function that starts another process using the server and returns (process, uri)."""
    users = []

    def start():
        users.append(launch(home))
        return users[-1], users[-1].stdout.readline().strip()

    yield start
    for user in users:
        with user:
            user.kill()


def launch(home):
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def running(folder):
    """Yield the keepers and servers that work in a folder."""
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        names = {Path(part).name for part in line[:4]}
        if names & {"mongod", "mongod_keeper.py"} and any(str(folder) in part for part in line):
            yield process


def wait_until(claim):
    deadline = time.monotonic() + WAIT_SECONDS
    while not claim():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def all_ended(home):
    return not list(running(home))


def state(home):
    return json.loads((home / "mongo" / "server.json").read_text())


def use(uri):
    return pymongo.MongoClient(uri, w="majority", journal=True, serverSelectionTimeoutMS=30_000)


def test_starts_a_replica_set_keeps_the_data_and_stops(home):
    with mongod.embedded(home, cache_gb=0.25) as uri, use(uri) as client:
        assert client.admin.command("hello")["setName"] == "rs0"
        client.relief.things.insert_one({"_id": 1})
        assert [each.laddr.ip for each in psutil.Process(state(home)["pid"]).net_connections("tcp")][0] == "127.0.0.1"
    wait_until(lambda: all_ended(home))
    assert '"Shutting down","attr":{"exitCode":0}' in (home / "mongo" / "mongod.log").read_text()

    with mongod.embedded(home, cache_gb=0.25) as again, use(again) as client:
        assert again == uri
        assert client.relief.things.find_one() == {"_id": 1}


def test_the_folder_is_closed_to_other_people(home):
    with mongod.embedded(home, cache_gb=0.25):
        assert (home / "mongo").stat().st_mode & 0o077 == 0


def test_processes_share_one_server_until_the_last_one_ends(home, start_user):
    first, uri = start_user()
    second, other = start_user()
    assert uri == other
    assert len(list(running(home))) == 2  # one keeper, one server

    first.stdin.close()
    first.wait()
    with use(uri) as client:
        client.relief.things.insert_one({})

    second.stdin.close()
    wait_until(lambda: all_ended(home))


def test_processes_that_start_together_get_one_server(home):
    with contextlib.ExitStack() as stack:
        users = [stack.enter_context(launch(home)) for _ in range(4)]
        uris = {user.stdout.readline() for user in users}
        count = len(list(running(home)))
        for user in users:
            user.stdin.close()
    assert len(uris) == 1
    assert count == 2
    wait_until(lambda: all_ended(home))


def test_a_killed_user_does_not_keep_the_server(home, start_user):
    user, _ = start_user()
    user.send_signal(signal.SIGKILL)
    wait_until(lambda: all_ended(home))


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(home):
    with mongod.embedded(home, cache_gb=0.25):
        facts = state(home)
        assert os.getsid(facts["keeper"]) != os.getsid(0)
        assert os.getsid(facts["pid"]) != os.getsid(0)


def test_a_crashed_server_comes_back_with_every_acknowledged_write(home):
    with mongod.embedded(home, cache_gb=0.25) as uri, use(uri) as client:
        client.relief.things.insert_many([{"_id": number} for number in range(500)])
        before = state(home)["pid"]

        os.kill(before, signal.SIGKILL)

        assert client.relief.things.count_documents({}) == 500
        assert state(home)["pid"] != before
        client.relief.things.insert_one({"_id": 500})


def test_a_killed_keeper_takes_the_server_along_and_the_next_user_starts_anew(home, start_user):
    user, uri = start_user()
    with use(uri) as client:
        client.relief.things.insert_one({"_id": 1})

    keeper = state(home)["keeper"]
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(keeper))  # on a busy machine the signal is carried out later than it is sent

    with mongod.embedded(home, cache_gb=0.25) as again, use(again) as client:
        assert client.relief.things.find_one() == {"_id": 1}
        assert len(list(running(home))) == 2


def test_moves_to_another_port_when_its_own_was_taken(home):
    with mongod.embedded(home, cache_gb=0.25) as uri, use(uri) as client:
        client.relief.things.insert_one({"_id": 1})
    wait_until(lambda: all_ended(home))
    port = int((home / "mongo" / "port").read_text())
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler) as thief:
        threading.Thread(target=thief.serve_forever, daemon=True).start()
        with mongod.embedded(home, cache_gb=0.25) as other, use(other) as client:
            assert other != uri
            assert client.relief.things.find_one() == {"_id": 1}
            client.relief.things.insert_one({"_id": 2})
        thief.shutdown()


def test_two_homes_have_two_servers(tmp_path, home):
    with mongod.embedded(home, cache_gb=0.25) as one, mongod.embedded(tmp_path / "other", cache_gb=0.25) as two:
        assert one != two
        with use(one) as client, use(two) as other:
            client.relief.things.insert_one({})
            assert other.relief.things.count_documents({}) == 0


def test_a_forked_child_keeps_the_server_until_it_ends(home):
    code = """
import os, sys, time
from adminapp import mongod
server = mongod.acquire(sys.argv[1], cache_gb=0.25)
print(server.uri, flush=True)
if os.fork():
    server.release()
    os._exit(0)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        uri = parent.stdout.readline().strip()
        parent.wait()
        time.sleep(1)
        with use(uri) as client:
            client.relief.things.insert_one({})
        parent.stdin.close()
        wait_until(lambda: all_ended(home))


def test_released_twice_is_released_once(home):
    server = mongod.acquire(home, cache_gb=0.25)
    server.release()
    server.release()
    wait_until(lambda: all_ended(home))


def test_without_a_binary_it_says_what_to_install(home, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "fiftyone", None)
    with pytest.raises(SetupError, match=r"relief-admin\[embedded\].*RELIEF_MONGODB_URI") as caught:
        mongod.acquire(home)
    assert "\n" not in str(caught.value)


def test_a_binary_on_the_path_is_preferred(tmp_path, monkeypatch):
    binary = tmp_path / "mongod"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert mongod.find_binary() == binary


def test_a_binary_that_lost_its_executable_bit_gets_it_back(tmp_path):
    binary = tmp_path / "mongod"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o644)
    assert os.access(mongod._executable(binary, tmp_path), os.X_OK)


def test_a_binary_that_cannot_run_gives_the_reason(home, tmp_path, monkeypatch):
    binary = tmp_path / "bin" / "mongod"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\nexit 62\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(binary.parent), prepend=os.pathsep)
    with pytest.raises(SetupError, match="数据文件由其他版本的 MongoDB 写成"):
        mongod.acquire(home, cache_gb=0.25)
    wait_until(lambda: all_ended(home))


def test_a_home_that_is_no_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="RELIEF_HOME"):
        mongod.acquire(tmp_path / "file")
