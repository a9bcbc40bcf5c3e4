"""What a case of each relief type says: values by field id, taken from the invented people. Everything is 虚构."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from adminapp import dates, divisions
from seed.names import MARK, MIAO, TUJIA
from seed.people import Household, Person

NATIONS = {"01": "han", MIAO: "miao", TUJIA: "tujia"}
REMARK = f"演示数据，{MARK}"
OFFICIAL = {"official_name": "田虚构", "unit": "村民委员会", "post": "委员", "kinship": "侄子"}


@dataclass
class Subject:
    """Who a case is about. `traits` are what the plan wants of it: relative, place, individual, urgent …"""

    household: Household
    person: Person
    on: date
    """Day of the application."""
    random: Random
    traits: dict = field(default_factory=dict)

    @property
    def members(self) -> list[Person]:
        """Return who lived in the household on the day, the applicant first."""
        others = [one for one in self.household.members if one is not self.person and one.birth < self.on]
        return [self.person, *others]

    @property
    def adult(self) -> Person:
        """Return who receives: the person, or the first member with an account."""
        return self.person if self.person.account else next(one for one in self.household.members if one.account)

    def age(self, person: Person | None = None) -> int:
        return dates.age((person or self.person).birth, self.on)

    def chance(self, share: float) -> bool:
        return self.random.random() < share


def values_for(key: str, subject: Subject) -> dict:
    """Return the plain values of a complete application of this relief type, by field id."""
    return {
        **_applicant(subject),
        **_account(subject),
        **_relatives(subject),
        **CONTENT[key](subject),
        "promised_on": subject.on,
        "remarks": REMARK,
    }


def _applicant(subject):
    person, household = subject.person, subject.household
    found = {
        "applicant_name": person.name,
        "applicant_id": person.id_number,
        "nation": NATIONS.get(person.nation, "other"),
        "phone": household.phone,
        "hukou_kind": household.hukou,
        "hukou_place": subject.traits.get("place", "local"),
        "hukou_address": household.address,
        "home_address": household.address,
        "by_agent": False,
    }
    agent = subject.adult
    if agent is not person:
        found |= {
            "by_agent": True,
            "agent_name": agent.name,
            "agent_id": agent.id_number,
            "agent_relation": "监护人",
            "agent_phone": household.phone,
            "agent_way": "guardian",
        }
    return found


def _account(subject):
    adult = subject.adult
    found = {"account_name": adult.name, "account_number": adult.account, "bank_name": adult.bank, "card_kept": False}
    if adult is not subject.person:
        found |= {"payee_other": True, "payee_relation": "监护人", "payee_reason": "未成年，由监护人代领"}
    return found


def _relatives(subject):
    if subject.traits.get("relative"):
        return {"has_relative": True, "near_relatives": [OFFICIAL]}
    return {"has_relative": False}


def _circumstances(subject):
    person = subject.person
    marital = "single" if not person.married else "married" if len(subject.members) > 1 else "widowed"
    education = "none" if subject.age() > 75 else "primary" if subject.age() > 50 else "junior"
    return {"marital": marital, "education": person.school or education}


def _rows(subject, status: Callable | None = None):
    """Return the rows of the household's members; `status` gives what a member counts as, where the type asks."""
    rows = []
    for person in subject.members:
        row = {
            "name": person.name,
            "id_number": person.id_number,
            "relation": "self" if person is subject.person else _relation(person, subject),
            "health": person.health,
            "labour": person.labour,
            "disability_kind": person.disability or None,
            "disability_grade": str(person.grade) if person.grade else None,
            "major_illness": person.seriously_ill,
            "occupation": person.occupation or None,
            "student": person.school or None,
            **{column: person.income.get(kind) for column, kind in INCOME_COLUMNS.items() if kind in person.income},
        }
        if person.seriously_ill:
            row["illness"] = "慢性肾病"
        if status:
            row["status"] = status(person)
        rows.append({column: value for column, value in row.items() if value is not None})
    return rows


INCOME_COLUMNS = {
    "wages": "wage",
    "business_income": "business",
    "property_income": "property",
    "transfer_income": "transfer",
}


def _relation(person, subject):
    """Return the relation to the applicant; only relations to the head are known, others are kept general."""
    if subject.person is subject.household.head:
        return person.relation
    return "other"


def _property(subject):
    held = subject.household.property
    return {
        "savings": held.savings,
        "securities": held.securities,
        "insurance": held.insurance,
        "vehicles": held.vehicles,
        "houses": held.houses,
    }


def _housing(subject):
    housing = subject.household.housing
    return {
        "tenure": housing.tenure,
        "structure": housing.structure,
        "floor_area": str(housing.area),
        "dangerous": housing.dangerous,
    }


def _cause(subject):
    members = subject.members
    if any(person.seriously_ill for person in members):
        return "illness", "家中有人患重病，医疗支出大，收入减少"
    if any(person.grade in (1, 2) for person in members):
        return "disability", "家中有重度残疾人，需要长期照料，缺少收入"
    if all(person.labour != "full" for person in members):
        return "no_labour", "年老体弱，没有劳动力，生活困难"
    if any(person.school in ("senior", "college") for person in members):
        return "school", "子女在读，学费和生活费负担重"
    return "low_income", "务农和零工收入低，难以维持基本生活"


def _dibao(subject):
    cause, text = _cause(subject)
    labour = any(person.labour == "full" for person in subject.members)
    alone = subject.traits.get("individual")

    def status(person):
        return "guaranteed" if not alone or person is subject.person else "counted"

    found = {
        **_circumstances(subject),
        **_property(subject),
        **_housing(subject),
        "apply_reason": f"{text}。（{MARK}）",
        "main_cause": cause,
        "grade": "C" if labour else "A" if subject.chance(0.6) else "B",
        "individual": bool(alone),
        "relieved_poverty": subject.chance(0.3),
        "members": _rows(subject, status),
        "consented_on": subject.on,
        "exempt": False,
    }
    if alone:
        found["individual_ground"] = "severe_disability"
    if subject.household.hukou == "rural":
        found["land_own"] = str(subject.random.randint(5, 60) / 10)
    return found


CARE = ("can_eat", "can_dress", "can_bed", "can_toilet", "can_walk", "can_bathe")
UNABLE = {
    "self": (),
    "half": ("can_walk", "can_bathe"),
    "full": ("can_dress", "can_bed", "can_toilet", "can_walk", "can_bathe"),
}


def _tekun(subject):
    person, household = subject.person, subject.household
    unable = UNABLE[person.self_care]
    found = {
        **_circumstances(subject),
        **_property(subject),
        **_housing(subject),
        "household_class": household.hukou,
        "health": person.health,
        "labour": person.labour,
        "apply_reason": f"无劳动能力，无生活来源，没有法定义务人。（{MARK}）",
        "consented_on": subject.on,
        "exempt": False,
        **{able: able not in unable for able in CARE},
        "assessors": "石虚构、龙虚构",
        "assessed_on": subject.on,
        **{column: person.income[kind] for column, kind in INCOME_COLUMNS.items() if kind in person.income},
        "in_school": False,
    }
    if person.disability:
        found |= {
            "disability_kind": person.disability,
            "disability_grade": str(person.grade),
            "disability_card": person.card,
        }
    if person.seriously_ill:
        found["illness"] = "慢性肾病"
    if subject.chance(0.25):
        return found | {
            "support_form": "institution",
            "institution": f"{divisions.name_of(household.township)}敬老院（{MARK}）",
        }
    return found | {
        "support_form": "dispersed",
        "carer_name": "吴虚构",
        "carer_relation": "邻居",
        "carer_phone": household.phone,
    }


DIFFICULTIES = {
    "illness": "突患重病住院，医疗支出超出承受能力",
    "accident": "外出途中发生交通事故受伤，需要手术",
    "fire": "住房失火，生活用品烧毁",
    "education": "子女入学，学费负担重",
    "jobless": "突然失去工作，基本生活难以维持",
}


def _temporary(subject):
    random, household, traits = subject.random, subject.household, subject.traits
    urgent = traits.get("urgent", False)
    difficulty = random.choice(
        ("accident", "fire", "jobless") if urgent else ("illness", "illness", "accident", "education")
    )
    severity, most = random.choice((("light", 1), ("light", 1), ("medium", 3), ("severe", 6)))
    members = subject.members
    held = traits.get("holds", "")
    category = {"dibao": f"dibao_{household.hukou}", "tekun": "tekun"}.get(held, "emergency" if urgent else "rigid")
    found = {
        **_circumstances(subject),
        "kind": "urgent" if urgent else "expense",
        "category": category,
        "difficulty": [difficulty],
        "event": f"{DIFFICULTIES[difficulty]}。（{MARK}）",
        "event_on": subject.on - timedelta(days=random.randint(1, 20)),
        "severity": severity,
        "repeated": False,
        "members": _rows(subject),
        "persons": random.randint(1, min(3, len(members))),
        "months": random.randint(1, most),
        "means": ["cash"],
        "panel": False,
        "consented_on": subject.on,
    }
    cost = random.randint(30, 400) * 10_000
    if difficulty == "illness":
        found["medical"] = [
            {
                "patient": members[-1].name,
                "disease": "肺部感染",
                "hospital": "县人民医院",
                "from_on": found["event_on"],
                "cost": cost,
                "reimbursed": cost * 55 // 100,
                "other_aid": cost // 10,
            }
        ]
    elif difficulty in ("accident", "fire"):
        kind = "fire" if difficulty == "fire" else "traffic"
        found["accidents"] = [
            {
                "accident_kind": kind,
                "accident_on": found["event_on"],
                "accident_place": household.address,
                "loss": cost,
                "compensated": 0,
            }
        ]
    elif difficulty == "education":
        found["education_costs"] = [
            {
                "student_name": members[-1].name,
                "stage": "college",
                "school": f"演示学院（{MARK}）",
                "tuition": cost,
                "aided": 0,
            }
        ]
    if urgent:
        found |= {"emergency_place": household.address, "immediate": traits.get("immediate", False)}
        if found["immediate"]:
            found["immediate_on"] = subject.on
    else:
        found["property_within"] = True
    return found


def _disability(subject):
    person = subject.person
    found = {
        **_circumstances(subject),
        "disability_kind": person.disability,
        "disability_grade": str(person.grade),
        "disability_card": person.card,
        "needs_care": person.grade <= 2,
        "channel": subject.random.choice(("window", "window", "online", "cross")),
    }
    if subject.age() < 18 or person is not subject.adult:
        found |= {
            "guardian_name": subject.adult.name,
            "guardian_relation": "监护人",
            "guardian_phone": subject.household.phone,
        }
    return found


def _disability_living(subject):
    since = subject.traits.get("dibao_since")
    return {
        **_disability(subject),
        "dibao_head": subject.household.head.name,
        **({"dibao_since": since} if since else {}),
    }


def _disability_nursing(subject):
    return {**_disability(subject), "work_injury_nursing": False}


def _old(subject):
    person = subject.person
    living = "alone" if len(subject.members) == 1 else "children" if subject.age() > 90 else "spouse"
    return {
        "category": {"dibao": "dibao", "tekun": "tekun"}.get(subject.traits.get("holds", ""), "general"),
        "living_with": living,
        "self_care": person.self_care,
        "alive_on": subject.on,
        "alive_way": subject.random.choice(("visit", "window", "video", "match")),
        "received_elsewhere": False,
    }


def _centenarian(subject):
    return {**_old(subject), "age_verified": True, "health_subsidy": False}


def _child(subject):
    person, head = subject.person, subject.adult
    away = {"prison", "detox", "lost"}
    found = {
        "health": person.health,
        "support_form": "dispersed",
        "guardian_name": head.name,
        "guardian_relation": "祖父母" if head.labour != "full" else "亲属",
        "guardian_id": head.id_number,
        "guardian_phone": subject.household.phone,
        "guardian_address": subject.household.address,
        "apply_by": "guardian",
        "agreement_on": subject.on,
        "parents": [
            {
                "parent": parent,
                "situation": state,
                "verified": True,
                **({"months": subject.random.randint(8, 60)} if state in away else {}),
            }
            for parent, state in (("father", person.father), ("mother", person.mother))
        ],
    }
    school = person.school if subject.age() >= 3 else ""
    found["in_school"] = bool(school)
    if school:
        found |= {"stage": school, "school": f"{divisions.name_of(subject.household.township)}学校（{MARK}）"}
    return found


def _orphan(subject):
    if subject.chance(0.15):
        return {**_child(subject), "child_kind": "202", "support_form": "institution"}
    return {**_child(subject), "child_kind": "201"}


def _unattended(subject):
    return {**_child(subject), "child_kind": "120"}


CONTENT = {
    "dibao_rural": _dibao,
    "dibao_urban": _dibao,
    "tekun": _tekun,
    "temporary": _temporary,
    "disability_living": _disability_living,
    "disability_nursing": _disability_nursing,
    "old_age": _old,
    "centenarian": _centenarian,
    "orphan": _orphan,
    "unattended_child": _unattended,
}
"""The demo knows the ten types it shows; the engine knows none."""
