"""`relief fonts prepare` makes the faces under RELIEF_HOME, without a database."""

import pytest
from click.testing import CliRunner

from adminapp.commands.fonts import fonts
from adminapp.outputs import Outputs, outputs
from exports import case_notices
from tests.exports.notices import faces as ready


@pytest.fixture
def home(tmp_path, monkeypatch):
    ready.faces()
    (tmp_path / "fonts").symlink_to(ready.HOME / "fonts")
    monkeypatch.setenv("RELIEF_HOME", str(tmp_path))
    monkeypatch.setitem(outputs, "fonts", case_notices.make_fonts)
    return tmp_path


def test_it_names_what_is_ready(home):
    answer = CliRunner().invoke(fonts, ["prepare"])
    assert answer.exit_code == 0, answer.output
    assert "宋体" in answer.output and "黑体" in answer.output


def test_without_the_composition_root_the_name_is_unknown():
    with pytest.raises(KeyError, match="no output 'fonts'; known: none"):
        Outputs()["fonts"]


def test_a_name_stands_for_one_function():
    found = Outputs()
    found.add("notice", print)
    found.add("notice", print)
    with pytest.raises(ValueError, match="twice"):
        found.add("notice", len)
