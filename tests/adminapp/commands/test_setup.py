"""`relief init`: one command from an empty database to the first login; a second time it changes nothing."""

import re

import pytest

from adminapp import indexes
from adminapp.auth import users
from adminapp.commands.types import FOLDER
from adminapp.engine import Engine
from schemas.case import CaseBase


@pytest.fixture
def engine(database, settings):
    """An engine on a database with nothing in it, not even indexes."""
    return Engine(settings, CaseBase)


def test_an_empty_database_gets_everything_that_the_first_login_needs(relief, engine, database):
    result = relief("init", "--admin", "first.admin", "--name", "管理虚构")
    assert result.exit_code == 0, result.output
    assert indexes.verify(database) == [] and engine.standards.keys()
    assert set(engine.registry.latest()) == {path.stem for path in FOLDER.glob("*.yaml")}
    assert re.search(r"first\.admin，初始密码：\S{10,}", result.output) and users.get("first.admin").must_change
    assert "✗ 县级人员：没有账户的角色" in result.output


def test_a_second_time_changes_nothing_and_shows_no_password(relief, engine):
    relief("init")
    held, seq, rev = [user.row for user in users.all_users()], engine.registry.seq, engine.standards_store.rev
    result = relief("init", "--admin", "other.admin")
    assert result.exit_code == 0 and "初始密码" not in result.output
    assert ([user.row for user in users.all_users()], engine.registry.seq, engine.standards_store.rev) == (held, seq, rev)


def test_only_the_types_that_are_wanted(relief, engine):
    relief("init", "--types", "temporary, old_age")
    assert set(engine.registry.latest()) == {"temporary", "old_age"}
    relief("init", "--types", "tekun")
    assert set(engine.registry.latest()) == {"temporary", "old_age", "tekun"}


def test_an_unknown_type_is_named_with_those_there_are(relief, engine):
    result = relief("init", "--types", "temporary,nonsense")
    assert result.exit_code == 2 and "nonsense" in result.output and "old_age" in result.output
    assert engine.registry.latest() == {} and users.all_users() == []


def test_ready_fails_while_something_is_missing(relief, engine):
    relief("init")
    result = relief("ready")
    assert result.exit_code == 1 and "乡镇人员" in result.output and "还缺" in result.output
