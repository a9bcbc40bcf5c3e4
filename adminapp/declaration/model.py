"""The shape of a relief type. Field order here is the order in the file; defaults are left out of the file.

Formulas are kept as text; `checks` proves them and the evaluator parses them once.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Basis:
    """A legal basis in force from `start` (included) to `end` (included)."""

    text: str
    start: date | None = field(default=None, metadata={"key": "from"})
    end: date | None = field(default=None, metadata={"key": "to"})

    def holds_on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, kw_only=True)
class Option:
    code: str
    label: str
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One declared field. `id` is for ever; everything else may change in a new version."""

    id: str
    label: str
    kind: str
    help: str = ""
    clause: str = ""
    unit: str = ""
    required: bool = False
    required_when: str = ""
    visible_when: str = ""
    formula: str = ""
    source: str = ""
    """Only in the form of the visit: id of the application's field that this one verifies."""
    result: Literal["money", "number", "text", "date", "bool", ""] = ""
    options: tuple[Option, ...] = ()
    fields: tuple["Field", ...] = ()
    min: str = ""
    max: str = ""
    max_length: int = 0
    max_rows: int = 0
    default: str = ""
    width: Literal["third", "half", "full", ""] = ""
    list: bool = False
    filter: bool = False
    disclosure: Literal["public", "staff", "personal", "secret", "checker", ""] = ""
    retired: bool = False

    @cached_property
    def column_ids(self):
        return {column.id: column for column in self.fields}

    @property
    def stored(self):
        """Name in the case document; declared fields carry a prefix so that they never meet the envelope's names."""
        return f"x_{self.id}"


@dataclass(frozen=True, kw_only=True)
class Section:
    id: str
    title: str
    help: str = ""
    visible_when: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A paper or picture the case needs; `step` says before which step it must be there."""

    id: str
    label: str
    help: str = ""
    clause: str = ""
    step: Literal["submit", "accept", "confirm"] = "submit"
    required: bool = False
    required_when: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A validation of the form: `rule` must be true, else `message` is shown at `field`."""

    rule: str
    message: str
    field: str = ""
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition of eligibility. `when` switches it on; `reason` is printed in the refusal when it fails."""

    id: str
    label: str
    rule: str
    reason: str
    clause: str
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One part of the amount, in fen: added to the others unless `total` says otherwise. `kind` is how lists sum it."""

    id: str
    label: str
    kind: Literal["base", "supplement", "care", "topup", "deduction"] = "base"
    value: str
    when: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Amount:
    terms: tuple[Term, ...]
    total: str = ""
    cap: str = ""
    rounding: Literal["none", "up_yuan", "half_up_yuan", "down_yuan", "half_up_fen"] = "half_up_fen"
    adjustable: bool = False
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Confirmer:
    """Who confirms: the first row whose `when` holds. Amounts are fen, dates by `start` and `end` of the basis."""

    by: Literal["township", "county"]
    when: str = ""
    start: date | None = field(default=None, metadata={"key": "from"})
    end: date | None = field(default=None, metadata={"key": "to"})
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The form of the household visit (入户调查表), between who visited whom and the conclusion. Ids are for ever here too."""

    sections: tuple[Section, ...] = ()
    validation: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """One kind of information asked for (schemas/verification.yaml). `declared`: what the application says of it."""

    kind: str
    declared: str = ""


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A ground on which no verification is needed; `when` says for which cases."""

    code: str
    label: str
    when: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The verification of the economic status (家庭经济状况核对).

    `by` township: it looks up what it needs and records the result. `by` county: authorised persons go into a county batch.
    Authorised are the applicant and the adult `members` rows for which `counted` holds; `outsiders` names the table of
    obligors outside the household, who are asked about only with their own consent.
    """

    by: Literal["township", "county", ""] = ""
    inquiries: tuple[Inquiry, ...] = ()
    counted: str = ""
    outsiders: str = ""
    outsiders_required: bool = False
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of the procedure. The order and the meaning of steps belong to the machine; a type switches and conditions them.

    A step that is switched on may be taken; `required_when` says when the case cannot go on without it (民主评议).
    """

    step: str
    label: str = ""
    when: str = ""
    unless: str = ""
    required_when: str = ""
    days: int = 0
    unit: Literal["workday", "day", ""] = ""
    people: int = 0
    by: Literal["township", "county", ""] = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time limit that starts at one milestone and stops at another."""

    id: str
    label: str
    start: str = field(metadata={"key": "from"})
    stop: str = field(metadata={"key": "to"})
    limit: int
    unit: Literal["workday", "day"] = "workday"
    extended: int = 0
    when: str = ""
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """What a notice of this type says besides the common template: paragraphs by placeholder name, or a whole template."""

    notice: str
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class Payment:
    cycle: Literal["month", "quarter", "once"] = "month"
    unit: Literal["household", "person"] = "person"
    start: Literal["next_month", "application_month", "decision_month"] = "next_month"
    months: str = ""
    reserve: str = ""
    """The most that may be paid out of a township's reserve (备用金) at once; blank: never out of it."""


@dataclass(frozen=True, kw_only=True)
class Household:
    """The table of who lives together, and which of its rows the relief is for (blank: all of them)."""

    table: str
    covered: str = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """Months between reviews: fixed, or the first row whose `when` holds."""

    months: int = 12
    by: tuple["ReviewRule", ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReviewRule:
    months: int
    when: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Birthday:
    """An age at which a running award is looked at ahead: it may get another amount, or end, from the declared month."""

    age: int
    start: Literal["birthday_month", "next_month"] = field(default="next_month", metadata={"key": "from"})
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Who refuses suitable work as often as the procedure says loses his own share: `column` of his row becomes `value`."""

    column: str
    value: str
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Ongoing:
    """What differs by type while an award runs (动态管理).

    `grace` are the most months of a grace period, `life_checks` how often a year life is certified, `successors` the types
    an award may go over to, `end_days` how long an end is posted before it is decided.
    """

    grace: int = 0
    life_checks: int = 0
    birthdays: tuple[Birthday, ...] = ()
    successors: tuple[str, ...] = ()
    refusals: Refusals | None = None
    end_days: int = 0
    end_unit: Literal["workday", "day"] = "day"


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Another programme that the person may not hold at the same time."""

    programme: str
    reason: str
    clause: str = ""
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Prerequisite:
    """A programme that the person, or the household, must hold."""

    programme: str
    reason: str
    who: Literal["person", "household"] = "household"
    clause: str = ""
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class ReasonCode:
    code: str
    label: str
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class ReliefType:
    """One relief type, whole: everything the program needs to know of it."""

    key: str
    code: str
    name: str
    title: str = ""
    programme: str
    group: str
    summary: str = ""
    applies_at: Literal["hukou", "emergency"] = "hukou"
    protected: bool = False
    legal_basis: tuple[Basis, ...]
    sections: tuple[Section, ...]
    documents: tuple[Document, ...] = ()
    validation: tuple[Rule, ...] = ()
    survey: Survey = Survey()
    verification: Verification = Verification()
    eligibility: tuple[Condition, ...]
    amount: Amount
    confirm: tuple[Confirmer, ...]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...] = ()
    notices: tuple[NoticeText, ...] = ()
    posted: tuple[str, ...] = ()
    payment: Payment
    household: Household | None = None
    review: Review = Review()
    ongoing: Ongoing = Ongoing()
    excludes: tuple[Exclusion, ...] = ()
    requires: tuple[Prerequisite, ...] = ()
    refusal_reasons: tuple[ReasonCode, ...] = ()
    end_reasons: tuple[ReasonCode, ...] = ()

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Fields by id in form order, table columns not included."""
        return {item.id: item for section in self.sections for item in section.fields}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """Sections by the id of each of their fields."""
        return {item.id: section for section in self.sections for item in section.fields}

    @cached_property
    def live_fields(self) -> dict[str, Field]:
        return {key: item for key, item in self.fields.items() if not item.retired}

    @cached_property
    def home(self) -> Household | None:
        """The declared household, or the table `members` of a type that is paid to households."""
        if self.household or self.payment.unit != "household":
            return self.household
        members = self.live_fields.get("members")
        return Household(table="members") if members and "id_number" in members.column_ids else None

    @cached_property
    def step_by_name(self) -> dict[str, Step]:
        return {item.step: item for item in self.steps}

    @cached_property
    def document_by_id(self) -> dict[str, Document]:
        return {item.id: item for item in self.documents}
