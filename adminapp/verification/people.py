"""Whose information a verification is about, and who has authorised it (57号 第九条；社会救助法 第四十一条).

The applicant, the rows of the household's table that count, and the obligors outside the household; these only with
their own consent. Columns of tables are known by their kinds, so that a type may call them as it likes.
"""

from dataclasses import dataclass
from datetime import date

from adminapp import dates, procedure, sealing
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.identity import parse_id

MEMBER, OUTSIDER = "member", "outsider"
MEMBERS = "members"


@dataclass(frozen=True)
class Subject:
    """A person on the case. `key` is the keyed index of the ID number, "" when there is none."""

    key: str
    name: str
    number: str
    relation: str
    role: str

    @property
    def born(self) -> date | None:
        try:
            return parse_id(self.number).birth if self.number else None
        except Invalid:
            return None

    def must_sign(self, on: date) -> bool:
        """Return whether the person signs for oneself on a day; who has no valid number counts as of age."""
        age = procedure.value("authorisation.age", on)
        return self.born is None or age is None or dates.age(self.born, on) >= age


def subjects(case, relief_type, values) -> list[Subject]:
    """Return everybody the verification is about, the applicant first, each once."""
    raw, found, seen = values.raw, [], set()
    people = [(raw.get("applicant_name"), raw.get("applicant_id"), "本人", MEMBER)]
    block = relief_type.verification
    table = relief_type.live_fields.get(relief_type.household.table if relief_type.household else MEMBERS)
    if table is not None and values.visible(table):
        people += [(*person, MEMBER) for person in _rows(values, table, block.counted)]
    outside = relief_type.live_fields.get(block.outsiders)
    if outside is not None and values.visible(outside):
        people += [(*person, OUTSIDER) for person in _rows(values, outside, "")]
    for name, number, relation, role in people:
        key = sealing.key_of(number) if number else ""
        mark = key or name
        if mark and mark not in seen:
            seen.add(mark)
            found.append(Subject(key, name or "", number or "", relation or "", role))
    return found


def _rows(values, table, condition):
    """Yield (name, number, relation) of the rows that count."""
    names, numbers = (next((item for item in table.fields if item.kind == kind), None) for kind in ("person_name", "id_number"))
    relation = next((item for item in table.fields if item.id.endswith("relation")), None)
    stored = values.raw.get(table.id) or ()
    for row, typed in zip(values[table.id], stored, strict=True):
        if names and (not condition or values.evaluator.holds_in_row(row, condition)):
            shown = KINDS[relation.kind].text(read(typed, relation.id), relation) if relation else ""
            yield read(typed, names.id), read(typed, numbers.id) if numbers else "", shown


def signed(case) -> dict[str, dict]:
    """Return the rows of who has authorised, as last written down, by key of the ID number or else by name."""
    record = case.last_record("authorisation")
    rows = record["data"]["signed"] if record else ()
    return {row.get("row") or row["name"]: row for row in rows if row.get("signed_on")}


def has_signed(subject: Subject, given: dict) -> bool:
    return (subject.key or subject.name) in given or subject.name in given


def missing(case, relief_type, values, on: date) -> list[str]:
    """Return the names of those who still have to authorise before anything may be asked."""
    given, required = signed(case), relief_type.verification.outsiders_required
    return [
        subject.name
        for subject in subjects(case, relief_type, values)
        if not has_signed(subject, given) and subject.must_sign(on) and (subject.role == MEMBER or required)
    ]


def asked_about(case, relief_type, values) -> list[Subject]:
    """Return whose information is asked for: members, minors through their household, and obligors who consented."""
    given = signed(case)
    return [subject for subject in subjects(case, relief_type, values) if subject.number and (subject.role == MEMBER or has_signed(subject, given))]
