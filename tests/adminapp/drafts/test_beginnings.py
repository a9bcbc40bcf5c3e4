"""New types begin with something that works: every template is complete, every ready-made section fits a type that has none of it."""

import pytest

from adminapp import drafts
from adminapp.declaration.checks import CORE, CORE_OPTIONAL
from adminapp.drafts.beginnings import begin_type, parts, templates
from adminapp.errors import Invalid
from tests.adminapp.drafts.conftest import XIANG


@pytest.fixture
def engine(app):
    return app.extensions["relief"]


@pytest.mark.parametrize("key", [key for key in templates() if key != "blank"])
def test_a_type_begun_from_a_template_could_be_published_as_it_stands(app, engine, key):
    draft = begin_type("教育救助", f"template:{key}", "", XIANG, engine)
    assert drafts.problems_of(draft, engine) == []
    assert (draft.thing.key, draft.thing.code, draft.thing.programme, draft.thing.group) == (
        "jiaoyujiuzhu", "JYJZ", "jiaoyujiuzhu", "教育救助",
    )  # fmt: skip
    assert draft.thing.summary == "" and draft.text


def test_a_blank_type_has_what_every_type_must_have_and_says_what_is_missing(app, engine):
    assert next(iter(templates())) == "blank"
    draft = begin_type("教育救助", "template:blank", "教育", XIANG, engine)
    assert draft.thing.fields.keys() == CORE.keys() and draft.thing.group == "教育"
    assert {(one.name, one.item) for one in drafts.problems_of(draft, engine)} == {
        ("legal_basis", "root"), ("eligibility", "root"), ("amount.terms", "root"),
    }  # fmt: skip


def test_a_copy_has_all_but_what_names_the_type(app, engine):
    draft = begin_type("教育救助", "copy:temporary", "", XIANG, engine)
    old = engine.registry.get("temporary").relief_type
    assert draft.thing.sections == old.sections and draft.thing.group == old.group
    assert (draft.thing.key, draft.thing.summary, draft.base) == ("jiaoyujiuzhu", "", 0)


def test_a_second_draft_of_the_same_name_gets_a_key_of_its_own(app, engine):
    keys = [begin_type("教育救助", "template:blank", "", XIANG, engine).key for _ in range(2)]
    assert keys == ["jiaoyujiuzhu", "jiaoyujiuzhu2"]


@pytest.mark.parametrize("source", ["", "template:", "template:../x", "copy:nothing", "disk:/etc"])
def test_an_unknown_source_is_refused(app, engine, source):
    with pytest.raises(Invalid, match="从哪里开始"):
        begin_type("教育救助", source, "", XIANG, engine)


def test_ready_made_sections_have_the_ids_the_program_knows():
    known = {field["id"]: field["kind"] for part in parts().values() for field in part["fields"]}
    for name, kind in {**CORE, **CORE_OPTIONAL}.items():
        assert known[name] == (kind or "text")
    assert all(key == part["id"] for key, part in parts().items())
