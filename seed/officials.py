"""Officials of the demo county and their relatives (虚构): who filed, who did not, and the cases that a filing found."""

from datetime import date, timedelta
from random import Random

from adminapp import database, dates, divisions, sealing
from adminapp.identity import make_id
from adminapp.related import filing, marks
from adminapp.related.kinship import kinship
from seed.accounts import SMALL, accounts
from seed.marks import note_on
from seed.names import HAN, MIAO, TUJIA, Namer
from seed.predictable import predictable
from seed.staff import Staff

UNFILED = ("township_deputy", "county_approver")
"""Of these roles the first account has not filed yet, so that the screen shows who is missing."""
POSTS = {
    "township_clerk": "民政助理员", "township_deputy": "分管副职", "township_head": "乡镇长", "county_reviewer": "社会救助股",
    "county_approver": "分管副局长",
}  # fmt: skip
RELATIONS = ("spouse", "parent", "child", "sibling")
FOUND = {"accepted": 1, "surveying": 1, "in_benefit": 1}
"""Cases of each township of the small demo in which a committee member's relative is found, by state."""


def build(engine, county):
    """File everybody who files, and mark the cases that this finds."""
    staff, filed = Staff(county.townships), []
    missing = set(UNFILED)
    for number, account in enumerate(accounts(county.townships)):
        if kinship().duty_of({account.role}) is None:
            continue
        if account.role in missing and account.township in ("", SMALL[1]):
            missing.discard(account.role)
            continue
        filed.append(_file(county, staff, f"{county.seed}:account:{number}", account))
    members = [village for code in county.townships for village in divisions.villages(code, county.on)]
    hits = _hits(county)
    for village in members:
        hit = hits.pop(village.code, None)
        filed.append(_file(county, staff, f"{county.seed}:village:{village.code}", None, village.code, hit))
    with dates.frozen(county.on):
        for row in filed:
            for case in database.raw("cases").find({"people.key": {"$in": row["keys"]}}, {"_id": 1}, sort=[("_id", 1)]):
                note_on(engine, case["_id"], "relative", lambda case: bool(marks.mark(case, county.on)))
    database.raw("kin_filings").update_many({}, {"$unset": {"unscanned": ""}})


def _file(county, staff, ident, account, village="", hit=None):
    random = Random(ident)
    namer = Namer(random)
    nation = random.choice((MIAO, TUJIA, HAN))
    surname = namer.surname(nation)
    township = account.township if account else village[: divisions.TOWNSHIP]
    relatives = [
        {"row": f"{place:08x}", "relation": relation, "name": namer.name(surname, random.choice(("male", "female")), nation),
         "id_number": _number(random) if random.random() < 0.85 else "", "address": "虚构"}
        for place, relation in enumerate(random.sample(RELATIONS, random.randint(2, 4)))
    ]  # fmt: skip
    if hit:
        relatives.append({"row": "ffffffff", "relation": "parent", "name": hit["name"], "id_number": hit["number"], "address": "虚构"})
    values = {
        "kind": "officer" if account else "committee",
        "name": account.name.partition("（")[0] if account else namer.name(surname, "male", nation),
        "id_number": _number(random), "phone": "", "unit": _unit(township, village), "post": POSTS[account.role] if account else "村委会委员",
        "account": account.username if account else "", "township": township, "village": village, "relatives": relatives,
    }  # fmt: skip
    actor = staff.of("township_clerk", township) if township else staff.of("county_reviewer", "")
    day = date(county.on.year, 1, 10) + timedelta(days=random.randint(0, 75))
    with predictable(ident), dates.frozen(dates.next_workday(min(day, county.on))):
        return filing.file(values, dates.today().year, actor)


def _unit(township, village):
    return divisions.full_name(village) + "村（居）委会" if village else f"{divisions.name_of(township)}人民政府" if township else "县民政局"


def _number(random):
    birth = date(random.randint(1955, 2000), random.randint(1, 12), random.randint(1, 28))
    return make_id("433123", birth, 900 + random.randint(0, 99))  # sequences that the demo's people do not use


def _hits(county) -> dict:
    """Return {village: {name, number}} of applicants who are a committee member's parent."""
    found = {}
    for township in SMALL if county.small else county.townships[:3]:
        for state, count in FOUND.items():
            query = {"township": township, "state": state, "village": {"$nin": list(found)}}
            for case in database.raw("cases").find(query, sort=[("number", 1)], limit=count):
                number = sealing.unseal(case["x_applicant_id"], "id_number")
                found[case["village"]] = {"name": case["name"], "number": number}
    return found
