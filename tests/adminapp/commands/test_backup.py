"""`relief backup` as an administrator types it: a loss and what follows, in processes of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adminapp import database as connection
from adminapp.errors import SetupError

ROOT = Path(__file__).parents[3]
STOPPED = SetupError.exit_code
PHRASE = "一句足够长的口令用来测试"


@pytest.fixture
def relief(settings, tmp_path):
    """Run a command in a home of its own, on the tests' server."""

    def run(*words, home="home", database="county", **more):
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "RELIEF_HOME": str(tmp_path / home), "RELIEF_DATABASE": f"{settings.database}_{database}",
            "RELIEF_MONGODB_URI": settings.mongodb_uri or connection._held.server.uri, **more,
        }  # fmt: skip
        command = [sys.executable, "-m", "adminapp.cli", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=300)

    yield run
    for name in ("county", "again"):
        connection.current().client.drop_database(f"{settings.database}_{name}")


def test_a_county_is_lost_and_comes_back(relief, database, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    assert relief("db", "upgrade").returncode == 0
    refused = relief("backup", "create", folder)
    assert refused.returncode == STOPPED and "relief backup key" in refused.stderr
    told = relief("backup", "key", tmp_path / "identity.txt")
    public = re.search(r"RELIEF_BACKUP_KEY=(age1\w+)", told.stdout)[1]
    for _ in range(2):
        done = relief("backup", "create", folder, "--keep", "1", RELIEF_BACKUP_KEY=public)
        assert done.returncode == 0, done.stderr
    kept = sorted(folder.glob("relief-*.age"))
    assert len(kept) == 1
    assert relief("backup", "save-keys", tmp_path / "keys.age", "--passphrase", PHRASE).returncode == 0
    whole = relief("backup", "verify", kept[-1], "--identity", tmp_path / "identity.txt")
    assert whole.returncode == 0 and "完整" in whole.stdout

    lost = {"home": "new", "database": "again"}
    early = relief("backup", "restore", kept[-1], "--identity", tmp_path / "identity.txt", **lost)
    assert early.returncode == STOPPED and "relief backup restore-keys" in early.stderr
    assert relief("backup", "restore-keys", tmp_path / "keys.age", "--passphrase", PHRASE, **lost).returncode == 0
    back = relief("backup", "restore", kept[-1], "--identity", tmp_path / "identity.txt", **lost)
    assert back.returncode == 0 and "可以使用" in back.stdout, back.stderr
    proof = relief("audit", "verify", **lost)
    assert proof.returncode == 0, proof.stderr
    again = relief("backup", "restore", kept[-1], "--identity", tmp_path / "identity.txt", **lost)
    assert again.returncode == STOPPED and "已有数据" in again.stderr and "Traceback" not in again.stderr
