"""The people of the demo county (all invented, 虚构): households with members, income, property and circumstances.

Everything follows from one seed: the same seed gives the same people. Households are made one at a time and not kept,
so a prefecture of seven counties fits in memory too. Codes are English or those of the national standards.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random

from adminapp import divisions
from adminapp.identity import make_id
from seed.names import MARK, Namer

DAY = date(2026, 11, 1)
"""The day on which the demo county is seen: ages count from here."""

RELATIONS = {
    "self": "本人", "spouse": "配偶", "son": "子", "daughter": "女", "father": "父", "mother": "母",
    "grandparent": "祖父母", "grandchild": "孙子女", "sibling": "兄弟姐妹", "other": "其他",
}  # fmt: skip
INCOME_KINDS = {"wage": "工资性收入", "business": "经营净收入", "property": "财产净收入", "transfer": "转移净收入"}
HUKOU = {"rural": "农业", "urban": "非农业"}
HEALTH = {"good": "健康", "chronic": "慢性病", "serious": "重病"}
LABOUR = {"full": "有劳动能力", "part": "部分丧失劳动能力", "none": "无劳动能力"}
SELF_CARE = {"self": "全自理", "half": "半护理", "full": "全护理"}
DISABILITIES = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
SCHOOLS = {
    "": "不在学",
    "preschool": "学前",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中或中职",
    "college": "大专以上",
}
OCCUPATIONS = {
    "": "无", "farmer": "务农", "migrant": "外出务工", "local": "本地务工", "trade": "个体经营", "student": "学生",
    "retired": "年老在家", "home": "在家照料",
}  # fmt: skip
PARENT_STATES = {
    "": "正常", "dead": "死亡", "missing": "失踪", "disabled": "重残", "ill": "重病", "prison": "服刑",
    "detox": "强制隔离戒毒", "lost": "失联", "revoked": "撤销监护资格",
}  # fmt: skip
"""What befell the father or mother of a child (民发〔2019〕62号 一, 民发〔2020〕125号)."""

BANKS = ("邮储银行凤凰支行", "邮储银行凤凰虹桥支行", "农业银行凤凰支行", "凤凰农村商业银行")
CARD_PREFIX = "99433123"  # 99 is no bank's: real cards of the country start with 62
PHONE_PREFIX = "154"  # looks like a mobile number, but no operator gives out 154


@dataclass(slots=True)
class Person:
    name: str
    id_number: str
    birth: date
    sex: str
    """"male" or "female", as the ID number says."""
    relation: str
    """To the head: a key of RELATIONS."""
    nation: str
    health: str = "good"
    labour: str = "full"
    self_care: str = "self"
    disability: str = ""
    """Kind, a key of DISABILITIES; "" for none. `grade` 1 is the severest, 0 none; `card` has 20 digits."""
    grade: int = 0
    card: str = ""
    seriously_ill: bool = False
    school: str = ""
    occupation: str = ""
    married: bool = False
    """Was ever married."""
    income: dict[str, int] = field(default_factory=dict)
    """Fen a year by kind of income; kinds without income are left out."""
    father: str = ""
    mother: str = ""
    """Of a child: a key of PARENT_STATES."""
    bank: str = ""
    account: str = ""
    """19 digits that pass the check; "" for children, whose guardian receives."""
    note: str = MARK


@dataclass(slots=True)
class Property:
    savings: int = 0
    """Fen: deposits, funds and the like. `insurance` and `securities` in fen too."""
    securities: int = 0
    insurance: int = 0
    vehicles: int = 0
    motorcycles: int = 0
    houses: int = 1


@dataclass(slots=True)
class Housing:
    tenure: str = "own"
    """own, rent, borrow."""
    structure: str = "brick"
    """brick, wood, concrete, earth."""
    area: int = 80
    """Square metres."""
    dangerous: bool = False


@dataclass(slots=True)
class Household:
    number: int
    """1, 2, 3 … in the order made."""
    kind: str
    """What its members are to each other: a key of SHAPES."""
    township: str
    village: str
    address: str
    hukou: str
    phone: str
    head: Person
    members: list[Person]
    """Everyone who lives together, the head first."""
    income: dict[str, int]
    """Fen a year by each of INCOME_KINDS, the sum over the members."""
    property: Property
    housing: Housing
    note: str = MARK


# Share of the households and the function that makes the members; the shares are invented, no statistics.
SHAPES = {
    "family": 195, "three_generations": 220, "old_couple": 150, "old_alone": 145, "old_with_child": 150,
    "one_parent": 70, "skipped_generation": 60, "disabled_child": 60, "single": 50, "orphan": 5, "centenarian": 2,
}  # fmt: skip


def households(
    count: int, seed: int, *, on: date = DAY, townships: Iterable[str] | None = None, extra: Iterable[str] = ()
) -> Iterator[Household]:
    """Yield `count` invented households, spread over the county by township weight; ID and account numbers are unique.

    About three persons a household. `on` is the day the ages count from; `townships` (codes) limits the places, None is
    all. `extra` names shapes of which one more household each follows: what is rare, yet must occur in a small county.
    """
    county = _County(Random(seed), on, townships)
    for number in range(1, count + 1):
        yield county.household(number)
    for number, shape in enumerate(extra, count + 1):
        yield county.household(number, shape)


class _County:
    """Makes households one after the other and remembers which numbers are given out."""

    def __init__(self, random: Random, on: date, townships: Iterable[str] | None = None):
        self.random, self.on, self.today = random.random, on, on.toordinal()
        self.between = lambda low, high: low + int(random.random() * (high - low + 1))
        self.namer = Namer(random)
        self.sequences = defaultdict(int)  # (area, birth, sex) -> how many are given out
        self.accounts = 0
        places = [(township, divisions.villages(township.code, on)) for township in divisions.townships(on)]
        if townships is not None:
            wanted = set(townships)
            places = [(township, found) for township, found in places if township.code in wanted]
        weights = [(village, township.weight / len(found)) for township, found in places for village in found]
        self.villages = [village for village, _ in weights]
        self.village_steps = list(accumulate(weight for _, weight in weights))
        self.shapes = [getattr(self, f"_{shape}") for shape in SHAPES]
        self.shape_names, self.shape_steps = list(SHAPES), list(accumulate(SHAPES.values()))

    # One household

    def household(self, number: int, shape_name: str = "") -> Household:
        random, between = self.random, self.between
        village = self.villages[
            min(bisect(self.village_steps, random() * self.village_steps[-1]), len(self.villages) - 1)
        ]
        hukou = "urban" if village.is_community and random() < 0.8 else "rural"
        shape = (
            self.shape_names.index(shape_name)
            if shape_name
            else bisect(self.shape_steps, random() * self.shape_steps[-1])
        )
        self.nation = self.namer.nation()
        self.surname = self.namer.surname(self.nation)
        self.rural = hukou == "rural"
        members = self.shapes[shape]()
        income = self._give_income(members)
        group, house = between(1, 9), between(1, 99)
        return Household(
            number=number,
            kind=self.shape_names[shape],
            township=village.code[: divisions.TOWNSHIP],
            village=village.code,
            address=f"{divisions.full_name(village.code)}{group}组{house}号",
            hukou=hukou,
            phone=f"{PHONE_PREFIX}{between(0, 99_999_999):08d}",
            head=members[0],
            members=members,
            income=income,
            property=self._property(),
            housing=self._housing(),
        )

    # Shapes: each returns the members, the head first

    def _family(self):
        age = self.between(26, 55)
        return [*self._couple(age), *self._children(age, self.between(1, 3))]

    def _three_generations(self):
        age = self.between(28, 52)
        members = [*self._couple(age), *self._children(age, self.between(1, 2))]
        old = age + self.between(21, 34)
        if self.random() < 0.6:
            members.append(self._person(old, "male", "father", married=True))
        members.append(self._person(old - self.between(0, 3), "female", "mother", surname=None, married=True))
        return members

    def _old_couple(self):
        return self._couple(self.between(60, 88))

    def _old_alone(self):
        sex = "male" if self.random() < 0.6 else "female"
        return [self._person(self.between(60, 98), sex, "self", married=self.random() < 0.6)]

    def _old_with_child(self):
        age = self.between(68, 97)
        child = "son" if self.random() < 0.7 else "daughter"
        sex = "male" if child == "son" else "female"
        head = self._person(age, "male", "self", married=True)
        return [head, self._person(age - self.between(22, 40), sex, child)]

    def _one_parent(self):
        age = self.between(24, 50)
        sex = "male" if self.random() < 0.5 else "female"
        children = self._children(age, self.between(1, 2))
        gone = ("dead", "lost", "lost", "prison", "", "", "")[self.between(0, 6)]
        for child in children:
            child.father, child.mother = (gone, "") if sex == "female" else ("", gone)
        return [self._person(age, sex, "self", married=True), *children]

    def _skipped_generation(self):
        """Grandparents with grandchildren whose parents work far away, or cannot care for them."""
        age = self.between(55, 78)
        members = self._couple(age) if self.random() < 0.6 else [self._person(age, "female", "self", married=True)]
        away = self.random() < 0.6
        states = ("dead", "missing", "disabled", "ill", "prison", "detox", "lost", "revoked")
        father, mother = ("", "") if away else (states[self.between(0, 7)], states[1 + self.between(0, 6)])
        for _ in range(self.between(1, 2)):
            child = self._child(self.between(1, 17), "grandchild")
            child.father, child.mother = father, mother
            members.append(child)
        return members

    def _disabled_child(self):
        """Parents with a grown-up child who cannot live alone."""
        age = self.between(46, 75)
        sex = "male" if self.random() < 0.6 else "female"
        child = self._person(age - self.between(21, 27), sex, "son" if sex == "male" else "daughter", healthy=False)
        self._disable(child, "4567"[self.between(0, 3)], self.between(1, 3))
        return [*self._couple(age), child]

    def _single(self):
        person = self._person(self.between(22, 59), "male" if self.random() < 0.7 else "female", "self", healthy=False)
        if self.random() < 0.6:
            self._disable(person, "1245667"[self.between(0, 6)], self.between(1, 4))
        else:
            self._fall_ill(person)
        return [person]

    def _orphan(self):
        guardian = self._person(self.between(35, 70), "male", "self", married=True)
        child = self._child(self.between(1, 17), "other")
        child.father, child.mother = "dead", "dead" if self.random() < 0.8 else "missing"
        return [guardian, child]

    def _centenarian(self):
        age = self.between(100, 106)
        child = age - self.between(24, 36)
        return [self._person(child, "male", "self", married=True), self._person(age, "female", "mother", surname=None)]

    # Members

    def _couple(self, age):
        husband = self._person(age, "male", "self", married=True)
        return [
            husband,
            self._person(max(22, age - self.between(-2, 5)), "female", "spouse", surname=None, married=True),
        ]

    def _children(self, parent_age, count):
        oldest = min(parent_age - self.between(21, 27), 22)
        ages = sorted({max(0, oldest - gap * self.between(1, 4)) for gap in range(count)}, reverse=True)
        return [self._child(age, None) for age in ages]

    def _child(self, age, relation):
        sex = "male" if self.random() < 0.52 else "female"
        return self._person(age, sex, relation or ("son" if sex == "male" else "daughter"))

    def _person(self, age, sex, relation, *, surname="", married=False, healthy=True) -> Person:
        """Return a person of this age. `surname` "" is the household's; None is one of their own."""
        random = self.random
        nation, area = self.nation, "433123"
        if surname is not None:
            surname = self.surname
        else:
            nation = self.namer.nation() if random() < 0.3 else nation
            surname = self.namer.surname(nation)
            if random() < 0.15:  # ID numbers keep the place of first registration
                area = ("433101", "433122", "433124", "433127", "433130", "522229", "431226")[self.between(0, 6)]
        birth = self._birth(age)
        id_number = self._id_number(area, birth, sex)
        name = self.namer.name(surname, sex, nation)
        person = Person(name, id_number, birth, sex, relation, nation, married=married)
        if age < 23:
            person.school = _school(age, random())
        if age < 16:
            person.labour = "none"
        else:
            self.accounts += 1
            person.bank, person.account = BANKS[int(random() * len(BANKS))], card_number(self.accounts)
        if age >= 60:
            self._grow_old(person, age)
        elif healthy and (draw := random()) < 0.2:
            if draw < 0.14:
                self._disable(person, "1234567"[self.between(0, 6)], self.between(1, 4))
            elif draw < 0.165:
                self._fall_ill(person)
            else:
                person.health = "chronic"
        person.occupation = self._occupation(person, age)
        return person

    def _birth(self, age):
        """Return a birth date at which `age` full years are reached on the day."""
        last = date(self.on.year - age, self.on.month, min(self.on.day, 28)).toordinal()
        return date.fromordinal(last - int(self.random() * 364))

    def _id_number(self, area, birth, sex):
        key = (area, birth, sex)
        given = self.sequences[key]
        self.sequences[key] = given + 1
        return make_id(area, birth, 2 * given + (1 if sex == "male" else 2))

    def _grow_old(self, person, age):
        draw = self.random()
        person.labour = "none" if age >= 70 or draw < 0.5 else "part"
        if draw < (age - 58) / 90:
            person.self_care = "full" if draw < (age - 58) / 300 else "half"
        if draw > 0.62:
            self._disable(person, "1244"[self.between(0, 3)], self.between(1, 4))
        elif draw > 0.58:
            self._fall_ill(person)
        elif draw > 0.4:
            person.health = "chronic"

    def _disable(self, person, kind, grade):
        person.disability, person.grade = kind, grade
        person.card = f"{person.id_number}{kind}{grade}"
        if grade <= 2:
            person.labour = "none"
            if person.self_care == "self":
                person.self_care = "full" if grade == 1 else "half"
        elif person.labour == "full":
            person.labour = "part"

    def _fall_ill(self, person):
        person.health, person.seriously_ill = "serious", True
        if person.labour == "full":
            person.labour = "part"

    def _occupation(self, person, age):
        if person.school:
            return "student"
        if age < 16:
            return ""
        if person.labour == "none":
            return "retired" if age >= 60 else ""
        if age >= 60:
            return "farmer" if self.rural else "retired"
        if person.labour == "part":
            return "farmer" if self.rural else "home"
        if self.rural:
            return ("farmer", "farmer", "migrant", "migrant", "local", "home")[self.between(0, 5)]
        return ("local", "local", "migrant", "trade", "home")[self.between(0, 4)]

    # Money and things

    def _give_income(self, members):
        """Spread an income over the members that earn it; return the household's, fen a year by kind."""
        # Low and wide, so that households stand on both sides of every limit; towns earn more. Whole tens of yuan.
        per_head = 300 + 8_000 * self.random() * self.random() ** 0.5
        left = int(per_head * len(members) * (1 if self.rural else 1.6)) // 10
        totals = dict.fromkeys(INCOME_KINDS, 0)
        shares = [(person, *_EARNINGS[person.occupation]) for person in members]
        weight = sum(share for *_, share in shares)
        for person, kind, share in shares:
            if share:
                self._add(person, totals, kind, left * share // weight * 1000)
        spent = sum(totals.values()) // 1000
        rest = left - spent
        if rest and self.random() < 0.12:
            self._add(members[0], totals, "property", rest * 1000)
        elif rest:
            self._add(members[0], totals, "transfer", rest * 1000)
        if self.random() < 0.1:
            self._add(members[0], totals, "property", self.between(10, 150) * 1000)
        return totals

    def _add(self, person, totals, kind, fen):
        if fen:
            person.income[kind] = person.income.get(kind, 0) + fen
            totals[kind] += fen

    def _property(self):
        draw = self.random()
        return Property(
            savings=int(draw**3 * 60_000) * 100,
            securities=self.between(1, 40) * 50_000 if draw > 0.98 else 0,
            insurance=self.between(1, 20) * 50_000 if 0.9 < draw < 0.94 else 0,
            vehicles=1 if 0.86 < draw < 0.9 else 0,
            motorcycles=1 if 0.4 < draw < 0.75 else 0,
            houses=0 if draw < 0.06 else 2 if draw > 0.97 else 1,
        )

    def _housing(self):
        draw = self.random()
        tenure = "rent" if draw < 0.04 else "borrow" if draw < 0.08 else "own"
        structure = ("wood", "brick", "brick", "concrete", "earth")[self.between(0, 4)]
        return Housing(tenure, structure, self.between(25, 180), structure in ("wood", "earth") and draw > 0.8)


_EARNINGS = {
    "farmer": ("business", 4), "migrant": ("wage", 8), "local": ("wage", 6), "trade": ("business", 7),
    "retired": ("transfer", 3), "home": ("transfer", 1), "student": ("", 0), "": ("", 0),
}  # fmt: skip
"""By occupation: the kind of income and its share of the household's."""


def _school(age, draw):
    if age < 3:
        return ""
    for limit, school in ((6, "preschool"), (12, "primary"), (15, "junior")):
        if age < limit:
            return school
    if age < 18:
        return "senior" if draw < 0.9 else ""
    return "college" if draw < 0.45 else ""


# What a doubled digit adds to the Luhn sum; of 18 digits the ones at odd places from the right are doubled.
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def card_number(serial: int) -> str:
    """Return the invented card number with this serial: 18 digits and the check digit (Luhn)."""
    body = f"{CARD_PREFIX}{serial:010d}"
    digits = [int(digit) for digit in body]
    total = sum(digits[-2::-2]) + sum(_DOUBLED[digit] for digit in digits[-1::-2])
    return f"{body}{-total % 10}"
