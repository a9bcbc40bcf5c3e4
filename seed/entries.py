"""Registers that townships fill in (虚构): cards kept for others, assessments of self-care, cases decided one by one; one struck out, one corrected."""

from datetime import date, datetime, time
from random import Random

from adminapp import database, dates, divisions
from adminapp.identity import make_id
from adminapp.registers import entries, model
from adminapp.scope import acting
from seed.names import MIAO, Namer
from seed.staff import Staff

CARDS = (("frail", "official", "村民委员会委员"), ("limited", "relative", ""), ("minor", "guardian", ""), ("frail", "official", "社区网格员"))
ABILITIES = ((1, 1, 1, 1, 1, 1), (1, 1, 0, 1, 1, 0), (0, 0, 0, 0, 1, 0), (1, 1, 1, 1, 1, 0))
SPECIAL = (
    ("agreed", "主要劳动力突发重病，医疗自付费用超过全年收入，尚未满足收入核对的时间要求。（虚构）", "农村低保"),
    ("later", "户籍在外县，长期居住本村，子女失联，收入无法核对。（虚构）", ""),
    ("refused", "申请前一年内转让门面房一间。（虚构）", ""),
)


def fill(engine, staff: Staff, county):
    """Make the entries of a few villages of each township. They are made whole or anew."""
    database.raw(entries.COLLECTION).delete_many({})
    database.raw("counters").delete_many({"_id": {"$regex": "^entries:"}})
    for place, township in enumerate(county.townships[:4]):
        clerk, random = staff.of("township_clerk", township), Random(f"{county.seed}:entries:{township}")
        maker = _Maker(engine, clerk, Namer(random), random, [village.code for village in divisions.villages(township, county.on)], county.on)
        made = [maker.card(number, *told) for number, told in enumerate(CARDS)]
        for number, able in enumerate(ABILITIES):
            maker.assessment(number, able)
        for number, told in enumerate(SPECIAL):
            maker.special(number, *told)
        if place == 0:
            maker.correct(made[0])
            maker.strike(made[1])


class _Maker:
    def __init__(self, engine, clerk, namer, random, villages, on):
        self.engine, self.clerk, self.namer, self.random, self.villages, self.on = engine, clerk, namer, random, villages, on

    def name(self):
        return f"{self.namer.name(self.namer.surname(MIAO), self.random.choice('男女'))}（虚构）"

    def number(self, year=1948):
        birth = date(year + self.random.randrange(15), 1 + self.random.randrange(12), 1 + self.random.randrange(28))
        return make_id("433123", birth, self.random.randrange(1000))

    def add(self, key, number, values, replaces=None, reason=""):
        register, day = model.registers()[key], dates.add_workdays(self.on, -6 * (number + 1))
        with acting(self.clerk), dates.frozen(datetime.combine(day, time(10), dates.SHANGHAI)):
            values = {register.entry.day: day} | values
            return entries.add(register, self.villages[number % len(self.villages)], values, self.clerk, "", replaces, reason, standards=self.engine.standards)

    def card(self, number, why, relation, post):
        start = dates.add_workdays(self.on, -6 * (number + 1))
        return self.add("kept_cards", number, {
            "holder": self.name(), "holder_number": self.number(), "card": f"{self.random.randrange(10_000):04d}", "why": why, "keeper": self.name(),
            "relation": relation, "post": post, "agreement": f"代持〔{start.year}〕{number + 1}号", "until": start.replace(year=start.year + 1, day=1),
            "filed": start if number % 2 == 0 else None, "note": "",
        })  # fmt: skip

    def assessment(self, number, able):
        self.add("care_checks", number, {
            "person": self.name(), "person_number": self.number(1938), "place": "本人家中",
            **{key: bool(value) for key, value in zip(("eat", "dress", "bed", "toilet", "walk", "bathe"), able, strict=True)},
            "assessor": self.name(), "second": self.name(), "others": "", "note": "",
        })  # fmt: skip

    def special(self, number, result, special, category):
        ground = {"ground": "符合突发困难、确需救助的情形。（虚构）", "category": category} if result == "agreed" else {}
        self.add("special_cases", number, {
            "household": self.name(), "case_number": "", "facts": "家庭人口四人，两人有劳动能力。（虚构）", "special": special,
            "unit": divisions.name_of(self.villages[0][:9]), "handler": self.clerk.name, "place": "县民政局会议室",
            "attended": "民政、财政、医保、教育等部门和乡镇负责人（虚构）", "minutes": "听取乡镇汇报，查阅材料，逐项讨论后形成结论。（虚构）",
            "result": result, "approver": self.name(), **ground,
        })  # fmt: skip

    def correct(self, row):
        values = entries.plain(row, model.registers()["kept_cards"])
        self.add("kept_cards", 0, values | {"card": "0042"}, row, "卡号末四位登记错误（虚构）")

    def strike(self, row):
        with acting(self.clerk), dates.frozen(datetime.combine(self.on, time(9), dates.SHANGHAI)):
            entries.strike(row, self.clerk, "本人已能自己领取，协议解除（虚构）")
