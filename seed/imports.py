"""What the clerk of the county seat is bringing in from old ledgers: one file tried, with rows that are wrong and one that may be
double; one that waits for its columns. Nothing of it is a case yet."""

from adminapp import database, divisions
from adminapp.engine import Engine
from adminapp.identity import make_id
from adminapp.imports import batches, kinds
from adminapp.imports.columns import targets
from adminapp.jobs import runner
from adminapp.outputs import outputs
from adminapp.scope import Actor, acting
from seed.people import DAY

TYPE = "old_age"
HEADS = "姓名,身份证,村,电话,户口性质,户籍情况,户籍地址,居住地址,享受类别,生存认证日期,户名,账号,开户行,是否近亲属,承诺书签署日期"
NEAR, PROMISED = "has_relative", "promised_on"
ROWS = (("龙导甲虚构", 1938, "女"), ("吴导乙虚构", 1940, "男"), ("石导丙虚构", 1936, "男"), ("麻导丁虚构", 1944, "女"))


def begin(engine: Engine, clerk: Actor, township: str):
    """Bring the two files in when there are none yet."""
    if database.raw(batches.COLLECTION).find_one({}, {"_id": 1}) or TYPE not in engine.registry.latest():
        return
    kinds.register()
    published = engine.registry.get(TYPE)
    with acting(clerk):
        ledger = _ledger(township, _double(township))
        batch = batches.upload(ledger, "高龄津贴台账（虚构）.csv", published, "draft", clerk)
        if "import_marked" in outputs:  # the program is put together: the trial can give its workbook back
            known = targets(published.relief_type)
            places = {plan["name"]: plan["places"] | _rest(plan["titles"]) for plan in batch["sheets"]}
            batch = batches.set_plans(batch, places, False, "", clerk, known, batch["rev"])
            runner.run_job(engine, batch["job"])
        batches.upload(ledger, "二季度新增（虚构）.csv", published, "draft", clerk)


def _double(township):
    """Return the name and village of somebody who is there already, None when nobody is."""
    row = database.raw("cases").find_one({"type": TYPE, "township": township, "state": "in_benefit"}, {"name": 1, "village": 1}, sort=[("_id", 1)])
    return (row["name"], divisions.name_of(row["village"])) if row else None


def _rest(titles):
    """Return the columns whose headings are this ledger's own."""
    own = {"是否近亲属": NEAR, "承诺书签署日期": PROMISED}
    return {str(place): own[title] for place, title in enumerate(titles) if title in own}


def _ledger(township, double) -> bytes:
    village = divisions.villages(township)[0].name
    lines = [HEADS]
    for number, (name, year, sex) in enumerate(ROWS):
        ident = make_id("433199", DAY.replace(year=year), 2 * number + (1 if sex == "男" else 2))
        lines.append(_line(name, ident, village))
    lines.append(_line("田导戊虚构", "433199193601010011", village))
    lines.append(_line("向导己虚构", make_id("433199", DAY.replace(year=1935), 31), "荷叶塘边村"))
    if double:
        lines.append(_line(double[0], make_id("433199", DAY.replace(year=1937), 33), double[1]))
    return "\n".join(lines).encode("gb18030")


def _line(name, ident, village):
    return ",".join([name, ident, village, "15400000000", "农业", "本县户籍", "虚构地址1号", "虚构地址1号", "一般老年人", "2026-09-01", name,
                     "994331230000001", "邮储银行凤凰支行", "否", "2026-09-01"])  # fmt: skip
