"""Shows what a recipe will do before it does it: each old value with its new one and how many cases hold it.

Values of fields that are personal are masked here, so that an administrator who may see no case reads the report.
"""

from collections import Counter, defaultdict

from adminapp import database, disclosure
from adminapp.fields import KINDS
from adminapp.recipes.convert import Conversion
from adminapp.recipes.model import STAY, WHICH, Recipe
from adminapp.recipes.states import stranded
from adminapp.workflow.machine import STATES

MOST_VALUES = 200
"""Different old values listed for one turn; the rest are counted together."""
MOST_PROBLEMS = 200
FILLED = "（有内容）"
BLANK = "（空白）"


def query_of(recipe: Recipe, key: str, versions: list[int]) -> dict:
    """Return the Mongo filter of the cases a recipe moves; states that stay under their version are left out."""
    states = [state for state in STATES if WHICH_STATES[recipe.which](state, STATES[state]) and recipe.states.get(state) != STAY]
    return {"type": key, "schema_version": {"$in": versions}, "state": {"$in": states}}


WHICH_STATES = {
    "none": lambda key, state: False,
    "drafts": lambda key, state: key == "draft",
    "open": lambda key, state: state.open and not state.on_roll,
    "all": lambda key, state: state.open or state.on_roll,
}
assert WHICH_STATES.keys() == WHICH.keys()


def standing(key: str, versions: list[int]) -> dict[str, int]:
    """Return {state: number of cases} of all cases under these versions; numbers tell nothing of anybody."""
    pipeline = [{"$match": {"type": key, "schema_version": {"$in": versions}}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
    return {row["_id"]: row["n"] for row in database.raw("cases").aggregate(pipeline)}


def versions_in_use(key: str) -> list[int]:
    """Return the versions that cases stand under which are not at their end."""
    going = [name for name, state in STATES.items() if WHICH_STATES["all"](name, state)]
    return sorted(database.raw("cases").distinct("schema_version", {"type": key, "state": {"$in": going}}))


class Report:
    """Collects what becomes of the values of many cases."""

    def __init__(self, recipe: Recipe, new):
        self.recipe, self.new = recipe, new
        self.cases, self.states = 0, Counter()
        self.values: dict[str, Counter] = defaultdict(Counter)
        self.problems: list[dict] = []
        self.failed = 0

    def add(self, row: dict, old, turned: list):
        """Count one case; a value that cannot be turned keeps the case where it is."""
        self.cases += 1
        self.states[row["state"]] += 1
        found = [made.problem for made in turned if made.problem]
        if found:
            self.failed += 1
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append({"case": row["_id"], "number": row["number"], "text": "；".join(self._why(made, old) for made in turned if made.problem)})
        for made in turned:
            self.values[made.turn.to][self._pair(made, old)] += 1

    def _why(self, made, old):
        """Return the sentence of a value that cannot be turned; it may repeat the value only where everybody may read it."""
        guarded = any(is_guarded(_field(old, name)) for name in made.turn.sources) or not made.turn.sources
        return f"“{_field(self.new, made.turn.to).label}”：原有内容不能转换" if guarded else made.problem

    def _pair(self, made, old):
        before = "、".join(_shown(value, _field(old, name)) for name, value in zip(made.turn.sources, made.before, strict=True)) or "（公式）"
        return before, "✗ 不能转换" if made.problem else self._made(made, old)

    def _made(self, made, old):
        """Return the new value as the report may show it: made of guarded fields it tells as much as they do."""
        field, given = _field(self.new, made.turn.to), [_field(old, name) for name in made.turn.sources]
        shown = _shown(made.value, field)
        if shown == BLANK or is_guarded(field) or KINDS[field.kind].filter_choices(field):
            return shown
        if not given:
            return FILLED
        return next((KINDS[source.kind].mask(shown) for source in given if is_guarded(source)), shown)

    def plain(self) -> dict:
        """Return the report as it is stored and shown."""
        gone = stranded(self.new)
        return {
            "cases": self.cases,
            "failed": self.failed,
            "problems": self.problems,
            "turns": [self._turn(turn) for turn in self.recipe.turns],
            "states": [
                {"state": key, "label": STATES[key].label, "cases": count, "to": self.recipe.states.get(key, "" if key in gone else key)}
                for key, count in self.states.items()
            ],
        }

    def _turn(self, turn):
        listed = self.values[turn.to].most_common()
        rows = [{"before": before, "after": after, "cases": count} for (before, after), count in listed[:MOST_VALUES]]
        return {
            "to": turn.to, "label": _field(self.new, turn.to).label, "rows": rows, "more": len(listed) - len(rows),
            "more_cases": sum(count for _, count in listed[MOST_VALUES:]),
        }  # fmt: skip


def _field(relief_type, name):
    table, _, column = name.rpartition(".")
    return relief_type.fields[table].column_ids[column] if table else relief_type.fields[name]


def _shown(value, field):
    """Return a value as the report may show it: what tells who somebody is, or is personal, is masked."""
    kind = KINDS[field.kind]
    text = kind.text(value, field)
    if not text:
        return BLANK
    return kind.mask(text) if is_guarded(field) else text


def is_guarded(field) -> bool:
    """Tell whether values of a field are shown masked: personal by class, or able to tell who somebody is."""
    return disclosure.class_of(field) in disclosure.HIDDEN or KINDS[field.kind].tells_who in GUARDED


GUARDED = {"name", "number", "phone", "secret", "story"}


def run(recipe: Recipe, published: list, new, engine, on, rows=None) -> dict:
    """Return the report over the cases a recipe would move. `published` are the versions they stand under."""
    conversion, report = Conversion.of(recipe.turns, new), Report(recipe, new)
    olds = {item.version: item.relief_type for item in published}
    if recipe.which != "none":
        query = query_of(recipe, new.key, sorted(olds))
        for row in rows if rows is not None else database.raw("cases").find(query, HEAVY, sort=[("_id", 1)], batch_size=500):
            old = olds[row["schema_version"]]
            report.add(row, old, conversion.turn(row, old, standards=engine.standards, on=on))
    return report.plain()


HEAVY = {"records": 0, "decision": 0, "clocks": 0, "outbox": 0, "terms": 0, "facets": 0}
"""What a conversion does not read."""
