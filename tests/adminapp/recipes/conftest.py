"""Two versions of a small type: the second retires fields of the first and has others in their place."""

from dataclasses import dataclass
from datetime import date

import pytest

from adminapp import dates
from adminapp.jobs import model as jobs
from adminapp.jobs import registry as job_registry
from adminapp.jobs import runner
from adminapp.recipes import moving, store
from adminapp.scope import Actor, acting
from adminapp.workflow.opening import open_case
from tests.story import CLERK, DECLARATION, VILLAGE, database, engine, story_settings  # noqa: F401 - fixtures

DAY = date(2026, 9, 16)
ADMIN = Actor("policy", "政策虚构", frozenset({"policy_admin"}), None)
FIRST = DECLARATION.replace("  - accept\n  - survey\n", "  - accept\n  - survey\n  - {step: appraisal, when: objected}\n").replace(
    "      - id: members\n",
    """\
      - {id: rent, label: 月租金, kind: text}
      - {id: surname, label: 代办人姓, kind: text, disclosure: personal}
      - {id: given, label: 代办人名, kind: text, disclosure: personal}
      - {id: place, label: 住址, kind: text}
      - {id: moved_in, label: 入住时间, kind: text}
      - {id: cause, label: 原因, kind: choice, filter: true, options: [{code: ill, label: 因病}, {code: old, label: 年老}, {code: other, label: 其他}]}
      - {id: aids, label: 所需帮助, kind: multi_choice, options: [{code: cash, label: 现金}, {code: food, label: 食品}, {code: care, label: 照料}]}
      - id: members
""",
).replace("          - {id: id_number, label: 公民身份号码, kind: id_number}\n", """\
          - {id: id_number, label: 公民身份号码, kind: id_number}
          - {id: wage, label: 月工资, kind: text}
""")  # fmt: skip
RETIRED = ("rent", "surname", "given", "place", "moved_in", "cause", "aids")


def second_of(first):
    text = first.replace("  - {step: appraisal, when: objected}\n", "").replace("kind: choice, filter: true", "kind: choice")
    for name in (*RETIRED, "wage"):
        text = text.replace(f"{{id: {name}, ", f"{{id: {name}, retired: true, ")
    wages = "          - {id: wages, label: 月工资, kind: money}\n"
    text = text.replace("          - {id: wage, ", f"{wages}          - {{id: wage, ")
    return text.replace(
        "      - id: members\n",
        """\
      - {id: rent_paid, label: 月租金, kind: money, list: true}
      - {id: agent, label: 代办人, kind: person_name}
      - {id: town, label: 乡镇, kind: text}
      - {id: road, label: 街道, kind: text}
      - {id: since, label: 入住日期, kind: date}
      - {id: reason, label: 原因, kind: choice, filter: true, options: [{code: health, label: 健康}, {code: other, label: 其他}]}
      - {id: means, label: 救助方式, kind: multi_choice, options: [{code: money, label: 现金}, {code: goods, label: 实物}]}
      - id: members
""",
    )  # fmt: skip


SECOND = second_of(FIRST)
TURNS = [
    {"to": "rent_paid", "from": ["rent"], "formula": "to_money(rent)"},
    {"to": "agent", "from": ["surname", "given"], "formula": "join(surname, given)"},
    {"to": "town", "from": ["place"], "formula": 'part(place, "镇", 1)'},
    {"to": "road", "from": ["place"], "formula": 'part(place, "镇", 2)'},
    {"to": "since", "from": ["moved_in"], "formula": "to_date(moved_in)"},
    {"to": "reason", "from": ["cause"], "map": {"ill": "health", "old": "health"}, "rest": "keep"},
    {"to": "means", "from": ["aids"], "map": {"cash": "money", "food": "goods", "care": ""}},
    {"to": "members.wages", "from": ["members.wage"], "formula": "to_money(wage)"},
]
VALUES = {
    "applicant_name": "龙某甲", "applicant_id": "433123195603074216", "income": 900000, "rent": "1,200.50元", "surname": "石", "given": "大山",
    "place": "沱江镇南门路 3 号", "moved_in": "2020年5月1日", "cause": "ill", "aids": ["cash", "care", "food"],
    "members": [{"name": "龙某甲", "relation": "self", "id_number": "433123195603074216", "wage": "800"}, {"name": "龙某乙", "relation": "child"}],
}  # fmt: skip


@dataclass
class World:
    registry: object
    standards: object
    settings: object

    def open(self, on=DAY, **more):
        with acting(CLERK), dates.frozen(on):
            return open_case(self.registry.get("demo", 1), CLERK, VILLAGE, VALUES | more, self.standards)

    def order(self, **recipe):
        row = store.order("demo", [1], 2, store.read({"which": "all", "turns": TURNS} | recipe), ADMIN)
        return row["_id"]

    def work(self, kind, recipe_id, actor=ADMIN):
        """Run a job to its end in this process and return it."""
        begin = {store.MOVE: store.start, store.UNDO: store.start_undo}[kind]
        job_id = begin(recipe_id, actor)["job"]
        runner.run_job(self, job_id)
        return jobs.get(job_id)

    def refresh(self):
        self.registry.refresh()
        return self


@pytest.fixture
def world(database, story_settings, engine):  # noqa: F811
    registry, table = engine
    database.relief_types.delete_many({})
    from adminapp.registry import Registry
    from schemas.case import CaseBase

    registry = Registry(CaseBase)
    registry.publish(FIRST, "test", table.types())
    registry.publish(SECOND, "test", table.types())
    job_registry.register(store.MOVE, moving.run)
    job_registry.register(store.UNDO, moving.undo)
    with dates.frozen(DAY):
        yield World(registry, table, story_settings)
