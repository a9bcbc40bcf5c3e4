"""The course of a case: which actions on which days lead to a state, within the working days and clocks of its type."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from adminapp import dates
from adminapp.declaration.model import ReliefType

POSTED, RAISE, CHANGE = "posted", "raise", "change"
"""A gap: the day after the posting ends. Actions of the demo alone: what a higher standard brings, and some change of the award."""
ABOUT_HOUSEHOLD = ("birth", "death", "wedding", "work", "loss", "village")
"""What may happen to a household while it is paid."""
GRACE = "grace"
RAISED = (12, 24)
"""Month and day on which the county decides all awards anew under the standards of the next year, or the working day after."""


@dataclass(frozen=True)
class Step:
    action: str
    gap: int | str = 0
    """Working days after the step before, or POSTED."""
    on: date | None = None


ON_ROLL = {"in_benefit", "change_pending", "suspended", "terminating", "terminated", GRACE}
POSTING = {"publicity", "objection", "appraisal"}


def reachable(relief_type: ReliefType) -> list[str]:
    """Return the states a case of this type can come to."""
    steps = relief_type.step_by_name
    surveys = "survey" in steps or "verification" in steps
    states = ["submitted", "confirm_ready", "draft", "accepted", "opinion", "supplement", "withdrawn", "not_accepted"]
    states += ["surveying", "terminated_uncoop"] if surveys else []
    states += ["publicity", "objection"] if "posting" in steps else []
    states += ["appraisal"] if "appraisal" in steps and "posting" in steps else []
    return [
        *states,
        "county_check",
        "confirmed",
        "refused",
        "change_pending",
        "suspended",
        "terminating",
        "terminated",
        *([GRACE] if relief_type.ongoing.grace else []),
        "in_benefit",
    ]


def histories(relief_type: ReliefType) -> list[str]:
    """Return what the demo shows of running awards: "state:change" (seed/changes.py)."""
    return [f"in_benefit:{change}" for change in ABOUT_HOUSEHOLD] if relief_type.household else []


def course(target: str, traits: dict, active: Callable[[str], bool], random: Random) -> list[Step]:
    """Return the steps from submission to `target`, or to the roll for the states beyond it."""
    return list(_course(target, traits, active, random.randint))


def _course(target, traits, active, between):
    hurry = traits.get("urgent")
    if target == "draft":
        return
    yield Step("submit")
    if target == "submitted":
        return
    if target == "withdrawn":
        yield Step("withdraw", between(1, 3))
        return
    if target == "not_accepted":
        yield Step("not_accept", between(0, 2))
        yield Step("record_service", between(0, 2))
        return
    if target == "supplement" or traits.get("supplement"):
        yield Step("request_supplement", between(0, 1))
        if target == "supplement":
            return
        yield Step("resubmit", between(1, 6))
    yield Step("accept", 0 if hurry else between(0, 2))
    if target == "accepted":
        return
    if active("survey") or active("verification"):
        yield Step("start_survey", 0 if hurry else between(0, 1))
        if target == "surveying" and traits.get("early"):
            return
        if active("survey"):
            yield Step("record_visit", between(0, 1) if hurry else between(1, 2))
        asks = active("verification") and traits.get("asks")
        if asks and target != "terminated_uncoop":
            yield Step("record_authorisation")
            yield Step("request_verification")
        if target == "surveying":
            return
        if target == "terminated_uncoop":
            yield Step("stop_uncooperative", between(2, 5))
            return
        if asks:
            yield Step("send_verification", between(0, 1))
            yield Step("report_verification", between(0, 1))
        elif active("verification"):
            yield Step("record_verification", between(0, 1))
        yield Step("form_opinion")
    else:
        yield Step("skip_survey", 0 if hurry else between(0, 1))
    if target == "opinion" and traits.get("early"):
        return
    if active("consult"):
        yield Step("record_consultation", between(1, 2))
    yield Step("give_opinion", 0 if hurry else between(0, 1))
    if target == "opinion":
        return
    if target == "refused" or traits.get("refuse") or not active("posting"):
        yield Step("submit_confirm", 0 if hurry else between(0, 1))
    else:
        yield Step("post", between(0, 1))
        if target == "publicity":
            return
        if target in ("objection", "appraisal") or traits.get("objection"):
            yield Step("object", between(1, 4))
            if target == "objection":
                return
            if target == "appraisal" or traits.get("objection") == "appraisal":
                yield Step("call_appraisal", between(1, 3))
                if target == "appraisal":
                    return
                yield Step("record_appraisal", between(1, 3))
                yield Step("give_opinion")
            else:
                yield Step("answer_objection", between(1, 3))
            yield Step("post", between(0, 1))
        yield Step("end_posting", POSTED)
    if target == "confirm_ready":
        return
    if target == "refused":
        yield Step("refuse", between(0, 2))
        if not traits.get("early"):
            yield Step("record_service", between(0, 2))
        return
    if traits.get("relative"):
        yield Step("require_county_check", between(0, 1))
        if target == "county_check":
            return
        yield Step("record_county_visit", between(1, 3))
    yield Step("confirm", between(0, 1) if hurry else between(0, 2))
    if target == "confirmed" and traits.get("early"):
        return
    yield Step("record_service", between(0, 2))
    if target == "confirmed":
        return
    yield Step("grant", between(0, 1))


def refused_after(opinion_on: date, on: date) -> list[Step]:
    """Return the dated steps after an opinion that the conditions are not met, up to the day `on`."""
    return _chain(opinion_on, ("submit_confirm", 0), ("refuse", 1), ("record_service", 1), limit=on)


def dated(steps: list[Step], applied_on: date, posting: tuple[int, str]) -> list[Step]:
    """Return the steps with their days, counted from the application; `posting` is (days, unit) of the type."""
    day, found = applied_on, []
    for step in steps:
        if step.gap == POSTED:
            day = dates.next_workday(date.fromordinal(dates.add_days(day, *posting).toordinal() + 1))
        else:
            day = dates.add_workdays(day, step.gap)
        found.append(replace(step, on=day))
    return found


def after_grant(target: str, traits: dict, granted: date, on: date, random: Random) -> list[Step]:
    """Return the dated steps after the grant: raises at new year, then what leads to `target` by the day `on`."""
    between, last = random.randint, granted
    steps = []
    for year in range(granted.year, on.year) if traits.get("raised") else ():
        last = max(dates.next_workday(date(year, *RAISED)), dates.add_workdays(granted, 1))
        steps.append(Step(RAISE, on=last))
    # Six working days of room: proposal, hearing and decision come one after the other; more where an end is posted.
    posted = 8 if traits.get("end_posted") else 0
    first, final = dates.add_workdays(last, 5), dates.add_workdays(on, -6 - posted)
    if first >= final:
        return steps
    day = dates.next_workday(date.fromordinal(between(first.toordinal(), final.toordinal())))
    recent = max(first, dates.add_workdays(on, -between(1, 12)))
    history = traits.get("history")
    heard = ("record_hearing", between(0, 2))
    posting = [("post_termination", 0)] if posted else []
    if target == "change_pending":
        steps += _chain(recent, (CHANGE, 0), heard, limit=on)
    elif target == "suspended":
        steps += _chain(day, ("suspend", 0))
    elif target == "terminating":
        steps += _chain(recent, ("propose_termination", 0), *posting, heard, limit=on)
    elif target in ("terminated", GRACE):
        if target == GRACE:
            day = dates.next_workday(date.fromordinal(max(first.toordinal(), on.toordinal() - between(30, 120))))
        end = ("terminate", posted or between(0, 2))
        steps += _chain(day, ("propose_termination", 0), *posting, heard, end, ("record_service", between(0, 2)))
    elif history == "change":
        steps += _chain(day, (CHANGE, 0), heard, ("apply_change", between(0, 2)))
    elif history == "suspension":
        back = dates.add_workdays(day, between(20, 60))
        steps += _chain(day, ("suspend", 0))
        steps += _chain(back, ("resume", 0)) if back <= on else []
    return steps


def _chain(day, *actions, limit=None):
    steps = []
    for action, gap in actions:
        day = dates.add_workdays(day, gap)
        if limit is None or day <= limit:
            steps.append(Step(action, on=day))
    return steps
