"""`relief seed` and `relief demo` as somebody at a terminal meets them."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
import uuid

import pytest

from adminapp import database as connection

RELIEF = [sys.executable, "-m", "adminapp.cli"]
TINY = "0.002"


@pytest.fixture
def environment(mongo_uri, tmp_path, settings):
    """Return the variables of an empty database of its own."""
    name = f"test_seed_{uuid.uuid4().hex[:8]}"
    yield {**os.environ, "RELIEF_MONGODB_URI": mongo_uri, "RELIEF_HOME": str(tmp_path), "RELIEF_DATABASE": name}
    connection.connect(settings).client.drop_database(name)


def relief(environment, *words):
    return subprocess.run([*RELIEF, *words], env=environment, capture_output=True, text=True)


def test_seed_says_what_it_made_and_refuses_a_second_time(environment):
    assert relief(environment, "db", "upgrade").returncode == 0
    first = relief(environment, "seed", "--scale", TINY, "--on", "2026-11-23")
    assert (first.returncode, first.stderr) == (0, "")
    assert re.search(r"演示数据已就绪：案件 \d{3}，待遇 \d+，事件 \d+，发放明细 \d+", first.stdout)
    second = relief(environment, "seed", "--scale", TINY)
    assert second.returncode != 0
    assert second.stderr.strip() == "数据库中已有演示数据；同一种子可以用 --again 补齐，换种子请用新的数据库"
    again = relief(environment, "seed", "--scale", TINY, "--again")
    assert "没有改动" in again.stdout


@pytest.mark.slow
def test_demo_greets_and_answers_and_starts_again(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "RELIEF_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    for start in ("first", "second"):
        words = [*RELIEF, "demo", "--port", str(port), "--workers", "1", "--scale", TINY]
        with subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as demo:
            told = []
            for line in demo.stdout:
                told.append(line)
                if "Ctrl+C" in line:
                    break
            text = "".join(told)
            assert f"http://127.0.0.1:{port}" in text, text
            assert "clerk.tuojiang" in text and "先试试" in text
            assert ("没有改动" in text) == (start == "second")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login") as answer:
                assert answer.status == 200
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)
