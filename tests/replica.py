"""Three real servers on loopback as one replica set, any of which can be killed and started again.

    with replica_set(folder) as servers:
        servers.uri
        node = servers.kill_primary()
        servers.wait_for_primary()
        servers.restart(node)
"""

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from adminapp import mongod
from adminapp.mongod_keeper import _end_with
from tests.server import free_port, wait_for

NODES = 3
ELECTION_MILLISECONDS = 1_000
"""A server that is silent so long is taken for dead; MongoDB's default, and that of a county, is ten times as long."""
HEARTBEAT_MILLISECONDS = 200
PRIMARY, SECONDARY = 1, 2
WAIT_SECONDS = 60


class Node:
    """One server: `port` stays the same for life, `process` is the one that runs now."""

    def __init__(self, folder: Path):
        self.folder, self.port, self.process = folder, free_port(), None
        folder.mkdir()

    def start(self):
        command = [
            mongod._executable(mongod.find_binary(), self.folder), "--replSet", mongod.REPLICA_SET, "--bind_ip", mongod.HOST,
            "--port", str(self.port), "--dbpath", str(self.folder), "--logpath", str(self.folder / "mongod.log"), "--logappend",
            "--nounixsocket", "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
        ]  # fmt: skip
        keeper = os.getpid()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=lambda: _end_with(keeper))
        wait_for(self.port, self.process)

    def kill(self):
        """End the server as a power cut does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def lives(self) -> bool:
        return self.process.poll() is None

    def state(self) -> int | None:
        """Return what the server says it is (replSetGetStatus), None when it does not answer."""
        with pymongo.MongoClient(mongod.HOST, self.port, directConnection=True, serverSelectionTimeoutMS=500, socketTimeoutMS=2_000) as client:
            try:
                return client.admin.command("replSetGetStatus")["myState"]
            except PyMongoError:
                return None


class ReplicaSet:
    """The three servers; `uri` names them all."""

    def __init__(self, folder: Path):
        self.nodes = [Node(folder / f"node{number}") for number in range(NODES)]
        hosts = ",".join(f"{mongod.HOST}:{node.port}" for node in self.nodes)
        self.uri = f"mongodb://{hosts}/?replicaSet={mongod.REPLICA_SET}"

    def start(self):
        for node in self.nodes:
            node.start()
        members = [{"_id": number, "host": f"{mongod.HOST}:{node.port}"} for number, node in enumerate(self.nodes)]
        settings = {"electionTimeoutMillis": ELECTION_MILLISECONDS, "heartbeatIntervalMillis": HEARTBEAT_MILLISECONDS}
        with pymongo.MongoClient(mongod.HOST, self.nodes[0].port, directConnection=True) as client:
            client.admin.command("replSetInitiate", {"_id": mongod.REPLICA_SET, "members": members, "settings": settings})
        self.wait_until_whole()

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if node.lives() and node.state() == PRIMARY), None)

    def at(self, port: int) -> Node:
        return next(node for node in self.nodes if node.port == port)

    def kill_primary(self) -> Node:
        """Kill the primary and return it."""
        node = self.wait_for_primary()
        node.kill()
        return node

    def restart(self, node: Node):
        node.start()

    def wait_for_primary(self) -> Node:
        return _wait(self.primary, "no primary")

    def wait_until_whole(self):
        """Start what lies dead, and return once all three stand together again: the next kill leaves a majority."""
        for node in self.nodes:
            if not node.lives():
                node.start()
        _wait(lambda: sorted(node.state() or 0 for node in self.nodes) == [PRIMARY, SECONDARY, SECONDARY], "not all servers came back")

    def stop(self):
        for node in self.nodes:
            if node.process and node.lives():
                node.kill()


def _wait(found, sentence):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError(f"{sentence} within {WAIT_SECONDS} s")


@contextmanager
def replica_set(folder: Path):
    """Run the block with three servers up; nothing of them is left afterwards but their folders."""
    servers = ReplicaSet(folder)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
