"""A raw document says the same as the case document made from it, for every shipped type and golden case."""

import pytest

from adminapp import database, dates, golden
from adminapp.cases import check_values, values_of
from adminapp.decision import decide
from adminapp.fields import KINDS
from adminapp.formula.evaluator import MissingValue
from adminapp.golden.reader import FOLDER, read_awards, read_values
from adminapp.golden.runner import StatedAwards
from adminapp.scope import acting
from adminapp.stored import StoredCase, StoredRaw, stored_values
from adminapp.workflow.opening import open_case
from tests.story import CLERK, VILLAGE

KEYS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("key", KEYS)
def test_values_and_decision_are_those_of_the_document(app, key):
    engine = app.extensions["relief"]
    published = engine.registry.get(key)
    relief_type = published.relief_type
    for example in golden.read_file(FOLDER / f"{key}.yaml").cases:
        if example.expect.form:
            continue
        raw = {"applicant_name": "龙某甲", "account_number": "6222021234567890128"} | read_values(example, relief_type)[0]
        with acting(CLERK), dates.frozen(example.on):
            case = open_case(published, CLERK, VILLAGE, raw, engine.standards)
        row = database.raw("cases").find_one({"_id": case.id})
        context = {"standards": engine.standards, "on": example.on, "awards": StatedAwards(read_awards(example)[0], example.household)}
        with acting(CLERK):
            document = values_of(published.model.objects.get(id=case.id), relief_type, **context)
        bare = stored_values(row, relief_type, **context)
        assert decide(relief_type, 1, bare) == decide(relief_type, 1, document), example.id
        assert check_values(bare, complete=True) == check_values(document, complete=True)
        for name in relief_type.fields:
            assert plain(bare, name) == plain(document, name), name
        if "account_number" in relief_type.fields:
            assert bare.raw["account_number"] == "6222021234567890128" != row["x_account_number"]


def plain(values, name):
    try:
        value = values[name]
    except (MissingValue, KeyError) as error:
        return type(error)
    return [dict(row) for row in value] if values.relief_type.fields[name].fields else value


def test_every_kind_stores_what_its_document_stores(app):
    """`to_store` and `from_store` are what mongoengine does, so that a bulk write reads like a form's."""
    from adminapp.declaration.model import Field, Option

    samples = {
        "text": "甲", "long_text": "甲\n乙", "person_name": "龙某", "integer": 3, "decimal": "1.5", "money": 250, "date": dates.parse_date("2026-07-01"),
        "month": "2026-07", "yes_no": True, "choice": "a", "multi_choice": ["a"], "id_number": "433123195603074216", "phone": "13800000000",
        "bank_account": "6222021234567890128", "division": VILLAGE,
    }  # fmt: skip
    assert set(samples) == {name for name, kind in KINDS.items() if kind.stored} - {"table", "computed"}
    for name, value in samples.items():
        declared = Field(id="f", label="项", kind=name, options=(Option(code="a", label="甲"),) if "choice" in name else ())
        kind = KINDS[name]
        stored = kind.model_field(declared).to_mongo(value)
        database.raw("samples").replace_one({"_id": name}, {"one": kind.to_store(value, declared), "other": stored}, upsert=True)
        row = database.raw("samples").find_one({"_id": name})
        assert row["one"] == row["other"], name
        assert kind.from_store(row["one"], declared) == value, name
        assert kind.from_store(value, declared) == value, name
    database.raw("samples").drop()


def test_replaced_values_stand_in_for_stored_ones(app):
    relief_type = app.extensions["relief"].registry.get("old_age").relief_type
    raw = StoredRaw({"x_hukou_place": "local", "files": [{"id": "f1", "document": "papers"}]}, relief_type, {"hukou_place": "other"})
    assert raw["hukou_place"] == "other" and raw["phone"] is None and "phone" in raw
    case = StoredCase({"_id": 1, "people": None})
    assert case.people == [] and case.village is None and case.pk == case.id == 1
