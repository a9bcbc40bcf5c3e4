"""The operations guide tells of what there is: its commands parse, its variables are known, its files are there."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from adminapp.cli import main
from adminapp.config import VARIABLES

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
DEPLOY = ROOT / "docs" / "deploy"
BLOCKS = re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL)
LINES = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = sorted({found for found in [*LINES, *re.findall(r"`([^`\n]+)`", GUIDE)] if found.startswith("relief ") and "…" not in found})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_guide_is_one(line):
    words, group = shlex.split(line)[1:], main
    while isinstance(group, click.Group) and words:
        assert words[0] in group.commands, line
        group = group.commands[words.pop(0)]
    options = {name for each in group.params for name in (*each.opts, *each.secondary_opts)} if not isinstance(group, click.Group) else set()
    assert {word for word in words if word.startswith("--")} <= options, line


def test_the_guide_has_the_commands_that_matter():
    text = " ".join(COMMANDS)
    assert all(word in text for word in ("backup create", "backup verify", "backup restore", "backup save-keys", "db upgrade", "audit verify", "serve"))


def test_variables_of_the_guide_are_known():
    named = set(re.findall(r"RELIEF_[A-Z_]+", GUIDE + "".join(path.read_text("utf-8") for path in DEPLOY.iterdir())))
    assert named <= VARIABLES.keys() and "RELIEF_BACKUP_KEY" in named


def test_files_of_the_guide_are_there():
    assert {path.name for path in DEPLOY.iterdir()} == set(re.findall(r"`([a-z-]+\.(?:service|timer|conf))`", GUIDE))


def test_units_start_commands_that_there_are():
    for path in DEPLOY.glob("*.service"):
        [line] = re.findall(r"ExecStart=/opt/relief/\.venv/bin/(.+)", path.read_text("utf-8"))
        test_a_command_of_the_guide_is_one(line)


def test_systemd_takes_the_units(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze on this computer")
    for path in DEPLOY.glob("relief*"):
        # Paths and people of a real server are not here.
        text = re.sub(r"^(User|WorkingDirectory|EnvironmentFile)=.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), "utf-8")
    done = subprocess.run([tool, "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "Unknown" not in done.stderr, done.stderr
