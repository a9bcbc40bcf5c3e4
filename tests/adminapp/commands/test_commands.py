"""Every command explains itself, is tested, and ends in a sentence instead of a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from adminapp.cli import main

ROOT = Path(__file__).parents[3]


def commands(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize("path, command", [pytest.param(*item, id=" ".join(item[0])) for item in commands(main)])
def test_every_command_has_help_and_a_test(path, command):
    assert command.help and command.help[0].isupper()
    words = '", "'.join(path)
    tests = "".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    assert f'"{words}"' in tests or " ".join(path) in tests, f"no test runs relief {' '.join(path)}"


def relief(*words, **environment):
    """Run a real process, as a user would."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"), **environment}
    command = [sys.executable, "-m", "adminapp.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120)


@pytest.mark.parametrize(
    "uri, said",
    [
        ("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300", "数据库"),
        ("http://somewhere", "mongodb://"),
    ],
)
def test_no_server_and_wrong_uri_are_one_sentence(uri, said, tmp_path):
    done = relief("serve", "--uri", uri, RELIEF_HOME=str(tmp_path))
    assert done.returncode != 0
    assert said in done.stderr and "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_missing_indexes_are_named_before_anything_starts(mongo_uri, tmp_path):
    done = relief("db", "check", RELIEF_MONGODB_URI=mongo_uri, RELIEF_DATABASE="empty_for_check", RELIEF_HOME=str(tmp_path))
    assert done.returncode != 0 and "relief db upgrade" in done.stderr


def test_upgrade_then_check(mongo_uri, database, settings, tmp_path):
    environment = {"RELIEF_MONGODB_URI": mongo_uri, "RELIEF_DATABASE": settings.database, "RELIEF_HOME": str(tmp_path)}
    for words in (("db", "upgrade"), ("db", "upgrade"), ("db", "check"), ("audit", "anchor"), ("audit", "verify")):
        done = relief(*words, **environment)
        assert done.returncode == 0, done.stderr
    database.cases.insert_one({"_id": "stuck", "outbox": [{"key": "a", "kind": "unknown", "data": {}}]})
    done = relief("db", "check", **environment)
    assert done.returncode == 1 and "有 1 件案件的遗留事项没有做成" in done.stderr
