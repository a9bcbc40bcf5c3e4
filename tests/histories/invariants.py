"""What must hold of every history: one function an invariant, over what is stored, with `seen` of what was seen on the way.

Each yields a sentence for what is wrong, so that a failing history says what it broke.
"""

from datetime import date, timedelta

import chinese_calendar

from adminapp import awards, database, decisions, disclosure
from adminapp.awards.spells import PAYING, RUNNING, covers, spell_in, state_in
from adminapp.payments import lines
from adminapp.scope import acting
from adminapp.workflow import clocks, events
from tests.histories.county import EVERYBODY, LIMIT, PEOPLE, STARTS

MONTHS = [f"2026-{number:02d}" for number in range(1, 13)] + [f"2027-{number:02d}" for number in range(1, 13)]
KNOWN = range(2004, 2027)
"""Years whose holidays the calendar knows."""
EXCLUSIVE = ({"dibao", "tekun"}, {"tekun", "orphan"}, {"tekun", "disability_nursing"})
"""Programmes of which a person holds at most one (国发〔2015〕52号；民发〔2021〕43号 第六条、第九条)."""


def found(collection, **query):
    return list(database.raw(collection).find(query))


def records(case, *kinds):
    return [record for record in case["records"] if record["kind"] in kinds]


def lines_have_a_decision(seen):
    """1: no line without a confirmed decision that covers its months, none after the last month, never more than was due."""
    cases, held = {case["_id"]: case for case in found("cases")}, {award["_id"]: award for award in found("awards")}
    kept = {row["_id"] for row in found(decisions.COLLECTION)}
    sums = {}
    for line in found("payment_lines"):
        case, award = cases[line["award"]], held[line["award"]]
        if not records(case, "confirmation"):
            yield f"{line['_id']} pays {case['number']}, which nobody confirmed"
        for item in line.get("basis", ()):
            if item["decision"] not in kept:
                yield f"{line['_id']} rests on a decision that is not stored"
            most = seen.most.get((award["_id"], item["month"]), 0)
            if item["amount"] > most:
                yield f"{line['_id']} pays {item['amount']} for {item['month']}, in which no more than {most} was ever due"
        sums[award["_id"], line["period"]] = sums.get((award["_id"], line["period"]), 0) + lines.settled(line)
    for (award, period), amount in sums.items():
        if amount > seen.most.get((award, period), 0):
            yield f"{award} got {amount} for {period}, more than was ever due"


def awards_start_when_they_should(seen):
    """2: the month after the decision, or that of the application (disability)."""
    for award in found("awards"):
        case = database.raw("cases").find_one({"_id": award["_id"]})
        decided, applied = records(case, "confirmation")[-1]["on"], case["applied_on"]
        first = award["entries"][0]["from"]
        if award["type"] in STARTS and not (first > decided[:7] and first <= _following(decided[:7])):
            yield f"{award['number']} decided on {decided} begins in {first}"
        if award["type"] == "nursing" and first != f"{applied:%Y-%m}":
            yield f"{award['number']} applied for on {applied} begins in {first}"


def _following(month):
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def postings_last(seen):
    """3: no case goes on before its posting was up for all its days; children are never posted."""
    for case in found("cases"):
        up = None
        for record in case["records"]:
            if record["kind"] == "posting":
                up = record
            if record["kind"] == "posting_result":
                start, days = date.fromisoformat(up["data"]["start"]), _days(case["type"], up["data"]["start"], record["on"])
                if days <= 7:
                    yield f"{case['number']} was posted from {start} to {record['on']}: {days} days"
            if record["kind"] == "confirmation" and case["type"] in ("low", "care") and not records(case, "posting_result"):
                yield f"{case['number']} was confirmed without posting"
        if case["type"] == "child" and (records(case, "posting", "posting_result") or case["state"] in ("publicity", "objection")):
            yield f"{case['number']} shows a child"


def _days(kind, first, last):
    """Return the days of a type's unit behind `first` up to and with `last`, counted one by one."""
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    each = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    return len(each) if kind == "care" else sum(map(_works, each))


def _works(day):
    """Tell whether a day is worked on; of years that are not published yet only weekends are known."""
    return chinese_calendar.is_workday(day) if day.year in KNOWN else day.weekday() < 5


def townships_confirm_within_their_limit(seen):
    """4: 2,000.00 is the most of temporary relief that a township confirms."""
    for actor, case, amount in seen.confirmed:
        if case["type"] == "urgent" and amount > LIMIT and not actor.has("county_approver"):
            yield f"{case['number']}: a township confirmed {amount}"


def relatives_are_visited(seen):
    """5: after a relative was filed or a complaint came, nobody confirms before the county has visited."""
    for case in found("cases"):
        open_since = None
        for record in case["records"]:
            if record["kind"] in ("relative", "complaint"):
                open_since = record["kind"]
            elif record["kind"] == "county_visit":
                open_since = None
            elif record["kind"] == "confirmation" and open_since:
                yield f"{case['number']} ({open_since}) was confirmed without a visit of the county"


def cuts_are_heard(seen):
    """6: from 2026-07-01 nobody gets less, or nothing any more, without having been heard."""
    for case, action, day, dead in seen.cuts:
        kinds = [record["kind"] for record in case["records"]]
        proposed = max(place for place, kind in enumerate(kinds) if kind in ("change", "termination_proposal"))
        if day >= date(2026, 7, 1) and "hearing" not in kinds[proposed:] and not dead:
            yield f"{case['number']}: {action} on {day} cut the award, nobody was heard"


def refusals_are_told(seen):
    """7: a refusal is served within three working days, or stands in the register of what came late."""
    for case in found("cases"):
        refused = records(case, "refusal")
        told = [record for record in records(case, "service") if refused]
        if told:
            days = _days("low", refused[-1]["on"], told[0]["on"])
            late = [row["late"] for row in found("deadlines", case=case["_id"], clock="refusal_notice")]
            if (days > 3) != any(late):
                yield f"{case['number']}: refused {refused[-1]['on']}, told {told[0]['on']}, late by the register: {late}"


def nobody_is_paid_twice(seen):
    """8: one person is in one household of dibao, and holds one of what excludes each other, in every month of a list."""
    held = {award["_id"]: award for award in found("awards")}
    paid = {}
    for line in found("payment_lines"):
        if line["kind"] in lines.BESIDE or line["state"] not in lines.TO_PAY or lines.settled(line) <= 0 or held[line["award"]]["cycle"] == "once":
            continue
        for key in (spell_in(held[line["award"]], line["period"]) or {}).get("people", ()):
            paid.setdefault((key, line["period"]), {})[line["award"]] = line["programme"]
    for (key, period), programmes in paid.items():
        names = list(programmes.values())
        if len(set(names)) < len(names) or any(pair <= set(names) for pair in EXCLUSIVE):
            yield f"{key[:8]} is paid {names} for {period}"


def nobody_is_granted_twice(seen):
    """8: nor do two running awards of one person stand beside each other."""
    for month in MONTHS:
        held = {}
        for award in found("awards"):
            if award["cycle"] != "once" and state_in(award, month) in RUNNING:
                for key in spell_in(award, month).get("people", ()):
                    held.setdefault(key, []).append(award["programme"])
        for key, names in held.items():
            if len(set(names)) < len(names) or any(pair <= set(names) for pair in EXCLUSIVE):
                yield f"{key[:8]} holds {names} in {month}"


def people_are_different(seen):
    """9: two visitors, different, no relatives; who accepted or gave the opinion does not confirm."""
    for case in found("cases"):
        own = {person["name"] for person in case["people"]}
        made = set()
        for record in case["records"]:
            if record["kind"] in ("visit", "county_visit"):
                names = [row["name"] for row in record["data"]["surveyors"]]
                if len(set(names)) < 2 or len(set(names)) < len(names) or any(row["relative"] for row in record["data"]["surveyors"]):
                    yield f"{case['number']} was visited by {names}"
                if own & set(names) and record["kind"] == "visit":
                    yield f"{case['number']} was visited by its own people {names}"
            if record["kind"] in ("acceptance", "opinion"):
                made.add(record["by"])
            if record["kind"] in ("confirmation", "refusal") and record["by"] in made:
                yield f"{case['number']} was confirmed by {record['by']}, who handled it"
        for before, after in (("change", "change_decision"), ("termination_proposal", "termination")):
            proposed = None
            for record in case["records"]:
                proposed = record["by"] if record["kind"] == before else proposed
                if record["kind"] == after and record["action"] in ("apply_change", "terminate") and record["by"] == proposed:
                    yield f"{case['number']}: {proposed} proposed and confirmed {after}"


def what_was_sealed_stands(seen):
    """10: what is decided or paid is never edited; a rise decided backwards comes as lines of its own."""
    for ident, line in seen.sealed.items():
        now = database.raw("payment_lines").find_one({"_id": ident})
        if now is None or {key: value for key, value in now.items() if key not in lines.CHANGING} != line:
            yield f"sealed line {ident} changed"
    for award, (entries, _spells) in seen.entries.items():
        now = database.raw("awards").find_one({"_id": award})["entries"]
        if now[: len(entries)] != entries:
            yield f"entries of {award} were edited"


def totals_are_sums(seen):
    """11: money is whole fen, and the total of a list is the sum of its lines."""
    for line in found("payment_lines"):
        if type(line["amount"]) is not int:
            yield f"{line['_id']} holds {line['amount']!r}"
    for batch in found("payment_batches", seal={"$ne": None}):
        total = [line["amount"] for line in found("payment_lines", batch=batch["_id"], state={"$in": list(lines.TO_PAY)})]
        if (batch["seal"]["count"], batch["seal"]["amount"]) != (len(total), sum(total)):
            yield f"{batch['_id']} says {batch['seal']}, its lines {len(total)}, {sum(total)}"


def spells_follow_each_other(seen):
    """11: one amount a month; its parts add up to it to the fen; nothing is paid while an award pauses or has ended."""
    for award in found("awards"):
        for spell in award["spells"]:
            if spell["amount"] and (spell["state"] not in PAYING or spell["amount"] != spell["entitled"]):
                yield f"{award['number']} pays {spell['amount']} while {spell['state']}"
            if sum(part["amount"] for part in spell["components"]) != spell["entitled"]:
                yield f"{award['number']}: parts of {spell['entitled']} do not add up"
        first = award["spells"][0]["from"]
        for month in MONTHS:
            number = sum(covers(spell, month) for spell in award["spells"])
            if number != (month >= first):
                yield f"{award['number']} has {number} spells in {month}"


def clocks_follow_the_calendar(seen):
    """12: a clock is due after as many working days as its limit and the days it was held, by the calendar of holidays."""
    for case in found("cases"):
        for clock in case["clocks"]:
            held = sum(max(_days("low", pause["from"], pause["to"]), 0) for pause in clock["pauses"] if pause["to"])
            counted = _days("low", clock["started"], clock["due"])
            if counted != clock["limit"] + held or clocks.due_of(clock) != clock["due"]:
                yield f"{case['number']} {clock['id']}: from {clock['started']} to {clock['due']} are {counted} days, {clock['limit']} + {held} wanted"


def numbers_are_masked(seen):
    """13: nobody reads a whole number in a list, whatever the role; every list that left is in the log."""
    field = seen.engine.registry.get("low").relief_type.fields
    for actor in EVERYBODY:
        for key, value in (("applicant_id", PEOPLE[0][1]), ("account_number", "6217000000000000015")):
            if disclosure.text(value, field[key], actor, disclosure.LIST) == value:
                yield f"{actor.id} reads {key} in a list"
    told = [row for row in found("audit") if row["kind"] == "payment" and row["data"]["action"] == "send"]
    if len(told) != seen.sent:
        yield f"{seen.sent} lists went to the bank, the log tells of {len(told)}"
    stored = str(found("cases")) + str(found("events")) + str(found("awards"))
    for name, number in PEOPLE:
        if number in stored:
            yield f"the ID number of {name} lies open"


def places_are_kept_apart(seen):
    """14: a township reads its own cases, a village its own."""
    rows = found("cases")
    for actor in EVERYBODY:
        with acting(actor):
            read = {row["_id"] for row in seen.case_base._get_collection().find({})}
            held = {row["_id"] for row in awards.collection().find({})}
        if actor.villages is not None:
            mine = {row["_id"] for row in rows if row["village"] in actor.villages}
        else:
            mine = {row["_id"] for row in rows if actor.townships is None or row["township"] in actor.townships}
        if read != mine or not held <= mine:
            yield f"{actor.id} reads {len(read)} cases, {len(mine)} are theirs"


def history_is_whole(seen):
    """R4: nothing is missing from the chain of any case, and nothing waits in an outbox."""
    yield from events.verify()
    for case in found("cases", outbox={"$ne": []}):
        yield f"{case['number']} has not carried out {[item['kind'] for item in case['outbox']]}"


EVERY = (
    lines_have_a_decision, awards_start_when_they_should, postings_last, townships_confirm_within_their_limit, relatives_are_visited, cuts_are_heard,
    refusals_are_told, nobody_is_paid_twice, nobody_is_granted_twice, people_are_different, what_was_sealed_stands, totals_are_sums,
    spells_follow_each_other, clocks_follow_the_calendar, numbers_are_masked, places_are_kept_apart, history_is_whole,
)  # fmt: skip
