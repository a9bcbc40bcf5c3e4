"""The life of a published version: immutable, numbered once, withdrawn or retired by a row of its own that every worker sees."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adminapp import indexes
from adminapp.declaration import DeclarationError
from adminapp.errors import Conflict, Forbidden, NotFound
from adminapp.registry import Registry
from adminapp.scope import acting
from adminapp.standards import read_file
from adminapp.workflow.opening import open_case
from schemas.case import CaseBase
from tests.crash import Killed, count_writes, killed_at
from tests.story import CLERK, DECLARATION, VILLAGE

KNOWN = read_file().types()
SECOND = DECLARATION.replace("label: 家庭年收入", "label: 全家年收入")
THIRD = DECLARATION.replace("label: 家庭年收入", "label: 全年收入")


@pytest.fixture
def registry(database):
    indexes.upgrade(database)
    found = Registry(CaseBase)
    found.publish(DECLARATION, "test", KNOWN)
    return found


def test_a_withdrawn_version_gives_way_and_its_number_is_not_used_again(registry, database):
    other = Registry(CaseBase).refresh()
    registry.publish(SECOND, "test", KNOWN)
    registry.withdraw("demo", 2, "test")
    assert registry.get("demo").version == other.refresh().get("demo").version == 1
    assert registry.get("demo", 2).withdrawn and registry.get("demo", 2).relief_type.fields["income"].label == "全家年收入"
    stored = database.relief_types.find_one({"version": 2})
    assert "withdrawn" not in stored and stored["digest"] == registry.get("demo", 2).digest
    assert registry.publish(THIRD, "test", KNOWN).version == 3
    assert other.refresh().get("demo").version == 3
    with pytest.raises(Conflict, match="较新的版本"):
        registry.withdraw("demo", 1, "test")
    registry.withdraw("demo", 2, "test")  # again: nothing happens
    assert [item.withdrawn for item in registry.versions("demo")] == [False, True, False]


def test_a_new_type_that_is_withdrawn_is_gone_from_the_menus(registry):
    registry.withdraw("demo", 1, "test")
    assert "demo" not in registry.latest()
    with pytest.raises(NotFound):
        registry.get("demo")
    assert registry.get("demo", 1).withdrawn
    assert registry.publish(SECOND, "test", KNOWN, parent="").version == 2


def test_a_retired_type_takes_no_new_application_until_it_is_restored(registry):
    other = Registry(CaseBase).refresh()
    registry.retire("demo", "test")
    assert other.refresh().get("demo").retired and "demo" in other.latest()
    with acting(CLERK), pytest.raises(Forbidden, match="已停止受理"):
        open_case(other.get("demo"), CLERK, VILLAGE, {}, read_file())
    assert registry.publish(SECOND, "test", KNOWN).retired  # a new version alone opens nothing
    seq = registry.seq
    registry.retire("demo", "test")
    assert registry.seq == seq
    registry.restore("demo", "test")
    with acting(CLERK):
        assert open_case(other.refresh().get("demo"), CLERK, VILLAGE, {}, read_file()).schema_version == 2


def test_what_drops_a_field_is_not_published(registry):
    with pytest.raises(DeclarationError, match="字段“月人均”（per_head）不能删除"):
        registry.publish(DECLARATION.replace("id: per_head", "id: per_person").replace("per_head", "per_person"), "test", KNOWN)
    assert registry.get("demo").version == 1


def test_a_text_made_from_another_version_is_refused(registry):
    first = registry.get("demo")
    registry.publish(SECOND, "test", KNOWN, parent=first.digest)
    with pytest.raises(Conflict, match="发布了另一个版本"):
        registry.publish(THIRD, "test", KNOWN, parent=first.digest)
    with pytest.raises(Conflict):
        registry.publish(THIRD, "test", KNOWN, parent="")


def test_many_publishers_of_one_release_make_one_version(registry, database):
    first = registry.get("demo")

    def publish(_):
        try:
            return Registry(CaseBase).publish(SECOND, "test", KNOWN, parent=first.digest, release="r1").version
        except Conflict:
            return Registry(CaseBase).publish(SECOND, "test", KNOWN, parent=first.digest, release="r1").version

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(publish, range(16))) == {2}
    assert database.relief_types.count_documents({"key": "demo"}) == 2
    registry.publish(THIRD, "test", KNOWN)
    assert Registry(CaseBase).publish(SECOND, "late", KNOWN, parent=first.digest, release="r1").version == 2


def test_publishing_survives_death_at_every_write(registry, database):
    def publish():
        return Registry(CaseBase).publish(SECOND, "test", KNOWN, release="r1")

    kept = list(database.relief_types.find())
    writes = count_writes(publish)
    for point in range(1, writes + 1):
        for after in (False, True):
            database.relief_types.delete_many({})
            database.relief_types.insert_many(kept)
            with pytest.raises(Killed), killed_at(point, after):
                publish()
            assert publish().version == 2
            assert database.relief_types.count_documents({"key": "demo"}) == 2
