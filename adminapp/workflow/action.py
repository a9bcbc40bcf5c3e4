"""One legal move of a case, and the small helpers its entries are written with."""

from dataclasses import dataclass, field
from typing import Literal

from adminapp.declaration.model import Field, Option

CLERK, DEPUTY, HEAD = "township_clerk", "township_deputy", "township_head"
REVIEWER, APPROVER, ASSISTANT = "county_reviewer", "county_approver", "village_assistant"
TOWNSHIP = (CLERK, DEPUTY)
STATE, CLOCK, NEVER = "state", "clock", ""
"""Whether a case waits for an action: while it stands in a source state, only while one of its clocks runs, or never."""


def entry(key, label, kind="text", required=True, **more):
    return Field(id=key, label=label, kind=kind, required=required, **more)


def options(**labels):
    return tuple(Option(code=code, label=label) for code, label in labels.items())


def text(key, label, required=True, help=""):
    return entry(key, label, "long_text", required, help=help, width="full")


REASON = text("reason", "理由")
SURVEYORS = entry(
    "surveyors", "调查人", "table", help="至少两名，且均非申请人的近亲属",
    fields=(entry("name", "姓名", "person_name"), entry("unit", "单位"), entry("relative", "是否近亲属", "yes_no")),
)  # fmt: skip
CONCLUSION = entry("conclusion", "结论", "choice", options=options(eligible="符合", ineligible="不符合", pending="待核"))


@dataclass(frozen=True)
class Evidence:
    """Papers that come with an action and are kept with its record, as files of the case under `document`.

    `kind`: photos (several, from the camera), scan (several pages), signature (drawn on the screen, or a photo of it).
    """

    document: str
    label: str
    kind: Literal["photos", "scan", "signature"] = "scan"
    required: bool = False
    help: str = ""


@dataclass(frozen=True)
class Action:
    """One legal move. `to` None keeps the state. `needs` are conditions on the case, `guards` give a sentence when refused.

    `record` is the kind of stage record the form's values become; `milestones` start and stop clocks. `waits` decides
    whether the case stands in work lists because of it: a side action may be taken at any time and is never waited for.
    `bulk` actions are safe for many cases at once: what is typed holds for each, and each is judged alone.
    `also` are the states it may lead to instead of `to`, where an effect says so (a case goes back to where it came from).
    `keeps` False leaves what the declaration adds out of record and event: it is kept sealed elsewhere.
    `todo` is what a work list calls the case while it waits for the action, where the label only tells how it ended.
    What the form asks is `fields`, then what the declaration adds under the name `block`, then `closing` (asked.py puts them together).
    `driven` names the engine that alone takes it, from a document of its own (a batch of verification, a village's posting): a move
    without that `driver` is refused, and screens lead there.
    """

    label: str
    source: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    record: str = ""
    step: str = ""
    needs: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    block: str = ""
    keeps: bool = True
    closing: tuple[Field, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    driven: str = ""
    tone: str = "primary"
    waits: str = STATE
    todo: str = ""
    bulk: bool = False
    help: str = field(default="", compare=False)
