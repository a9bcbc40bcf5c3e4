"""What a case says: its values as formulas, forms, imports and notices see them, and the envelope that is made from them."""

from collections.abc import Mapping

from adminapp import divisions, sealing
from adminapp.declaration.model import ReliefType
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.formula import Evaluator, parse
from adminapp.formula.evaluator import MissingValue
from adminapp.identity import told_by
from adminapp.search import terms as search_terms

RELATION_SELF = "self"


class CaseValues(Mapping):
    """The values of one case by field id, as formulas see them: a hidden field is blank, a computed field is computed.

    `raw` are plain values by field id (rows as dicts or embedded documents), `envelope` the names that every case gives.
    Values are worked out when asked for, each once.
    """

    def __init__(self, relief_type: ReliefType, raw: Mapping, envelope: Mapping | None = None, **context):
        self.relief_type, self.raw, self.envelope = relief_type, raw, dict(envelope or {})
        self.evaluator = Evaluator(self, **context)
        self._values, self._visible, self._open = {}, {}, set()

    def __getitem__(self, name):
        if name in self.envelope:
            return self.envelope[name]
        if name not in self._values:
            if name not in self.relief_type.fields:
                raise KeyError(name)
            self._values[name] = self._value(self.relief_type.fields[name])
        return self._values[name]

    def __iter__(self):
        yield from self.envelope
        yield from self.relief_type.fields

    def __len__(self):
        return len(self.envelope) + len(self.relief_type.fields)

    def _value(self, field):
        kind = KINDS[field.kind]
        if not self.visible(field):
            return kind.formula_value(None, field)
        if field.formula:
            if field.id in self._open:
                raise Invalid(f"计算字段“{field.label}”引用了自己")
            self._open.add(field.id)
            try:
                return self.run(field.formula)
            finally:
                self._open.discard(field.id)
        return kind.formula_value(self.raw.get(field.id), field)

    def run(self, formula):
        """Evaluate a formula with this case's values, without leaving names in an outer trace."""
        return self.evaluator.traced(parse(formula))[0]

    def holds(self, formula: str, default=True) -> bool:
        """Return whether a condition holds; a blank formula gives `default`, a missing value gives False."""
        if not formula:
            return default
        try:
            return bool(self.run(formula))
        except MissingValue:
            return False

    def visible(self, field) -> bool:
        if field.id not in self._visible:
            self._visible[field.id] = True  # a pair of fields that hide each other stays visible
            section = self.relief_type.section_of.get(field.id)
            shown = self.holds(field.visible_when) and (section is None or self.holds(section.visible_when))
            self._visible[field.id] = shown and not field.retired
        return self._visible[field.id]

    def required(self, field) -> bool:
        return field.required or self.holds(field.required_when, default=False)

    def computed(self) -> dict:
        """Return the storable value of every computed field; None where something is still missing."""
        result = {}
        for field in self.relief_type.fields.values():
            if field.formula and field.kind == "computed":
                try:
                    result[field.id] = KINDS[field.kind].storable(self[field.id], field) if self.visible(field) else None
                except MissingValue:
                    result[field.id] = None
        return result


def check_values(values: CaseValues, complete: bool) -> dict[str, list[str]]:
    """Return {field id or "": sentences} of what is wrong: missing entries (when `complete`) and broken validation rules.

    One path for form, import, API and submission. Rows of tables are checked with the row's number in the sentence.
    """
    problems: dict[str, list[str]] = {}
    if complete:
        for field in values.relief_type.live_fields.values():
            if values.visible(field) and field.kind not in ("note", "computed", "attachment"):
                if _blank(values.raw.get(field.id)) and values.required(field):
                    problems.setdefault(field.id, []).append(f"请填写“{field.label}”")
                for sentence in (*check_rows(values, field), *written_twice(values, field)):
                    problems.setdefault(field.id, []).append(sentence)
    for rule in values.relief_type.validation:
        if not rule.when or values.holds(rule.when, default=True):
            try:
                fine = values.run(rule.rule)
            except MissingValue:
                continue
            if not fine:
                problems.setdefault(rule.field, []).append(rule.message)
    return problems


def check_rows(values, field):
    for number, row in enumerate(values.raw.get(field.id) or () if field.fields else (), 1):
        for column in field.fields:
            if column.required and not column.retired and _blank(read(row, column.id)):
                yield f"第 {number} 行缺“{column.label}”"


def written_twice(values, field):
    """Yield a sentence for each person who stands on two rows of one table: they would be counted twice."""
    for column in field.fields:
        first = {}
        for number, row in enumerate(values.raw.get(field.id) or () if column.kind == "id_number" else (), 1):
            given = read(row, column.id)
            if given and first.setdefault(given, number) != number:
                yield f"第 {number} 行的“{column.label}”与第 {first[given]} 行相同，一个人只填一行"


def _blank(value):
    return value is None or value == "" or value == [] or value == ()


def raw_values(case, relief_type: ReliefType) -> dict:
    """Return the stored values of a case by field id."""
    return {field.id: getattr(case, field.stored, None) for field in relief_type.fields.values() if KINDS[field.kind].stored}


def envelope_values(case) -> dict:
    flags = case.flags or ()
    return {
        "applied_on": case.applied_on,
        "accepted_on": case.accepted_on,
        "relative": "relative" in flags,
        "complaint": "complaint" in flags,
        "objected": "objected" in flags,
        "urban": bool(case.village) and divisions.is_community(case.village),
    }


def values_of(case, relief_type: ReliefType, **context) -> CaseValues:
    """Return the values of a stored case; `context` is standards, on, awards for the evaluator."""
    raw = raw_values(case, relief_type)
    for field in relief_type.fields.values():
        if field.kind == "attachment":
            raw[field.id] = [item.id for item in case.files if item.document == field.id]
    return CaseValues(relief_type, raw, envelope_values(case), **context)


def fill_envelope(case, relief_type: ReliefType, values: CaseValues | None = None):
    """Set what the envelope takes from declared fields: name, people, search terms, filter facets, computed fields."""
    values = values or values_of(case, relief_type)
    for key, value in values.computed().items():
        setattr(case, relief_type.fields[key].stored, value)
    case.name = values.raw.get("applicant_name") or ""
    fill_people(case, relief_type, values)
    search_terms.index(case)
    case.facets = sorted(
        facet
        for field in relief_type.live_fields.values()
        if field.filter and values.visible(field)
        for facet in KINDS[field.kind].facets(values.raw.get(field.id), field)
    )


def fill_people(case, relief_type: ReliefType, values: CaseValues | None = None):
    """Set who is on the case: the applicant first, then the rows of persons."""
    case.people = list(people_of(values or values_of(case, relief_type)))


def covered(values: CaseValues) -> list[str]:
    """Return the keys of the persons the relief is for: the rows the declaration counts, else the applicant alone."""
    household = values.relief_type.home
    applicant = values.raw.get("applicant_id")
    numbers = [applicant] if applicant else []
    if household:
        rows = [row for row in values[household.table] if values.evaluator.holds_in_row(row, household.covered)]
        numbers = [row["id_number"] for row in rows if row["id_number"]] or numbers  # nobody counted yet: who applied
    return list(dict.fromkeys(sealing.key_of(number) for number in numbers))


def people_of(values: CaseValues):
    """Yield the persons on a case: the applicant first, then the rows of persons, each once."""
    seen = set()
    for name, number, relation in _written(values):
        key = sealing.key_of(number) if number else ""
        if (name or number) and (not key or key not in seen):
            seen.add(key)
            yield {"key": key, "name": name or "", "relation": relation}


def born(values: CaseValues):
    """Yield (key, name, date of birth) of the persons on a case whose ID number is written down, each once."""
    seen = set()
    for name, number, _relation in _written(values):
        if number not in seen and (told := told_by(number)):
            seen.add(number)
            yield sealing.key_of(number), name or "", told.birth


def _written(values):
    """Yield (name, ID number, relation) as written: the applicant first, then the rows of persons."""
    raw = values.raw
    people = [(raw.get("applicant_name"), raw.get("applicant_id"), RELATION_SELF)]
    for field in values.relief_type.live_fields.values():
        columns = field.column_ids if field.kind == "table" else {}
        if "id_number" in columns and "name" in columns and values.visible(field):
            people += [(read(row, "name"), read(row, "id_number"), read(row, "relation") or field.id) for row in raw.get(field.id) or ()]
    yield from people
