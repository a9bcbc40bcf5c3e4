"""Makes and changes filings of the register: checked, stored by one compare-and-set, nobody taken out by themselves."""

import secrets
from datetime import date

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import database, dates, divisions, sealing
from adminapp.auth import users
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.pinyin import initials
from adminapp.related import register
from adminapp.related.kinship import kinship
from adminapp.related.register import COLLECTION, collection, get, seal_number
from adminapp.scope import Actor

MOST_RELATIVES = 40
PLAIN = ("kind", "name", "unit", "post", "account", "township", "village")


def check(values: dict, year: int) -> dict[str, list[str]]:
    """Return {field: sentences} of what is wrong with a filing's values; empty when it may be stored."""
    problems: dict[str, list[str]] = {}
    labels = {"name": "姓名", "id_number": "公民身份号码", "kind": "身份", "unit": "单位", "post": "职务"}
    for key, label in labels.items():
        if not values.get(key):
            problems[key] = [f"请填写“{label}”"]
    if values.get("kind") and values["kind"] not in kinship().officials:
        problems["kind"] = ["请选择身份"]
    village = values.get("village") or ""
    if values.get("kind") == "committee" and not village:
        problems["village"] = ["村（居）委会成员要选择所在的村（社区）"]
    if village and not (len(village) == divisions.VILLAGE and divisions.exists(village)):
        problems["village"] = ["没有这个村（社区）"]
    if not isinstance(year, int) or not 2000 <= year <= dates.today().year:
        problems["year"] = [f"备案年度要在 2000 至 {dates.today().year} 之间"]
    rows, seen = values.get("relatives") or [], {values.get("id_number")}
    if len(rows) > MOST_RELATIVES:
        problems["relatives"] = [f"最多 {MOST_RELATIVES} 名近亲属"]
    for number, row in enumerate(rows, 1):
        for key, label in (("relation", "关系"), ("name", "姓名")):
            if not row.get(key):
                problems.setdefault("relatives", []).append(f"第 {number} 行缺“{label}”")
        id_number = row.get("id_number")
        if id_number and id_number in seen:
            problems.setdefault("relatives", []).append(f"第 {number} 行的证件号码与另一行（或本人）相同")
        seen.add(id_number)
    return problems


def file(values: dict, year: int, actor: Actor) -> dict:
    """Store a new filing of the year and return it; the one before it is replaced from today.

    `values`: kind, name, id_number, phone, unit, post, account, township ("" for the county), village, relatives:
    [{relation, name, id_number, address}]. Raise Invalid with {field: sentences}, Conflict when the year has one.
    """
    problems = check(values, year)
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    if not actor.reaches(values["township"], values.get("village") or ""):
        raise Forbidden("只能备案自己管辖范围内的人员")
    key, today = sealing.key_of(values["id_number"]), dates.today()
    _check_account(values.get("account"), key)
    row = {
        "_id": f"{year}:{key}", "year": year, "rev": 1, **_stored(values, []), "filed_on": today.isoformat(),
        "filed_by": actor.id, "filed_by_name": actor.name, "replaced_on": None, "ended_on": None, "unscanned": True,
        "history": [_entry(actor, "备案", len(values.get("relatives") or ()))],
    }  # fmt: skip
    try:
        collection().insert_one(row)
    except DuplicateKeyError as error:
        raise Conflict(f"{values['name']} {year} 年已有备案，请打开修改。") from error
    register.replace_older(row)
    register.forget()
    return row


def change(filing_id: str, values: dict, rev: int, actor: Actor, reason: str = "") -> dict:
    """Store changed values of a filing that stands at `rev` and return it.

    Who is filed may add relatives; another person takes some out, with a reason, and they stay with their last day.
    Raise Forbidden, Invalid, Conflict.
    """
    row = get(filing_id)
    if row["rev"] != rev:
        raise Conflict()
    problems = check(values, row["year"])
    if not problems and sealing.key_of(values["id_number"]) != row["key"]:
        problems["id_number"] = ["证件号码不能改成另一个人的；填错的请登记离任后重新备案"]
    if problems:
        raise Invalid("；".join(text for texts in problems.values() for text in texts), problems=[problems])
    stored = _stored(values, row["relatives"])
    gone = [item for item in stored["relatives"] if item.get("until") and not _before(row, item).get("until")]
    if gone and row["account"] == actor.id:
        raise Forbidden("本人的近亲属不能由本人删除或改名，请由其他人员办理")
    if gone and not reason.strip():
        raise Invalid("删除或更换近亲属要写明理由", problems=[{"reason": ["删除或更换近亲属要写明理由"]}])
    _check_account(stored["account"], row["key"])
    if not actor.reaches(stored["township"], stored["village"]):
        raise Forbidden("只能备案自己管辖范围内的人员")
    live = sum(not item.get("until") for item in stored["relatives"])
    note = _entry(actor, "修改", live, reason)
    return _write(row, rev, {**stored, "unscanned": True}, note)


def end(filing_id: str, on: date, reason: str, rev: int, actor: Actor) -> dict:
    """Record that an official left office: from the day on nobody is related through the filing. Raise as `change`."""
    row = get(filing_id)
    if row["account"] == actor.id:
        raise Forbidden("本人离任由其他人员登记")
    if not reason.strip():
        raise Invalid("请写明离任情况", problems=[{"reason": ["请写明离任情况"]}])
    if on < date.fromisoformat(row["filed_on"]) or on > dates.today():
        raise Invalid("离任日期要在备案日期和今天之间", problems=[{"on": ["离任日期要在备案日期和今天之间"]}])
    return _write(row, rev, {"ended_on": on.isoformat()}, _entry(actor, "离任", 0, reason))


def _check_account(account, key):
    """An account is one person's: with a wrong one nobody, or somebody else, would be barred."""
    if not account:
        return
    sentence = ""
    if users.find(account) is None:
        sentence = f"没有账户“{account}”"
    elif database.raw(COLLECTION).find_one({"account": account, "replaced_on": None, "key": {"$ne": key}}, {"_id": 1}):
        sentence = f"账户“{account}”已登记给另一个人"
    if sentence:
        raise Invalid(sentence, problems=[{"account": [sentence]}])


def _write(row, rev, changes, note):
    update = {"$set": changes, "$inc": {"rev": 1}, "$push": {"history": note}}
    # Within the scope of who was allowed to read it: the place may be about to change.
    after = database.raw(COLLECTION).find_one_and_update(
        {"_id": row["_id"], "rev": rev}, update, return_document=ReturnDocument.AFTER
    )
    if after is None:
        raise Conflict()
    register.forget()
    return after


def _entry(actor, what, relatives, reason=""):
    return {
        "at": dates.now(), "by": actor.id, "by_name": actor.name, "what": what, "relatives": relatives,
        "reason": reason.strip()[:300],
    }  # fmt: skip


def _stored(values, before) -> dict:
    """Return the values as stored, numbers sealed; relatives who are no longer given stay with today as their end."""
    plain = {key: values.get(key) or "" for key in PLAIN}
    if plain["village"]:
        plain["township"] = divisions.township_of(plain["village"])
    relatives = [_relative(row) for row in values.get("relatives") or ()]
    given = {row["row"]: row for row in relatives}
    for row in before:
        now = given.get(row["row"])
        if row.get("until"):
            relatives.append(row)
        elif now is None or (now["name"], now["key"], now["relation"]) != (row["name"], row["key"], row["relation"]):
            if now is not None and row["name"] == now["name"] and not row["key"]:
                continue  # a number that was missing is filled in: the same person
            if now is not None:
                now["row"] = secrets.token_hex(4)
            relatives.append({**row, "until": dates.today().isoformat()})
    key = sealing.key_of(values["id_number"])
    return {
        **plain, "key": key, "id_number": seal_number(values["id_number"]), "phone": seal_number(values.get("phone") or ""),
        "relatives": relatives, "initials": initials(plain["name"]),
        "keys": sorted({key, *(row["key"] for row in relatives if row["key"])}),
        "names": sorted({row["name"] for row in relatives}),
    }  # fmt: skip


def _relative(row):
    number = row.get("id_number") or ""
    return {
        "row": row.get("row") or secrets.token_hex(4), "relation": row["relation"], "name": row["name"],
        "key": sealing.key_of(number) if number else "", "id_number": seal_number(number), "address": row.get("address") or "",
    }  # fmt: skip


def _before(row, relative):
    return next((item for item in row["relatives"] if item["row"] == relative["row"]), {})
