"""A batch as its pages show it."""


from flask import g, url_for
from flask_babel import gettext as _

from adminapp import database, divisions, engine
from adminapp.errors import NotFound
from adminapp.fields import KINDS
from adminapp.imports import batches, duplicates
from adminapp.imports.columns import BENEFIT, MODES
from adminapp.jobs import model as jobs
from adminapp.money import format_yuan
from adminapp.scope import ScopedCollection
from adminapp.text import plain_number
from adminapp.workflow.machine import STATES as CASE_STATES
from views.cases.history import moment
from views.jobs import state_of

PAGE = 50
"""Faults and pairs shown at once."""
PAGED = ("faults", "different", "judged")
"""The lists of a batch that go on, by the word of the address that says after which household."""


def columns():
    return [
        {"key": "name", "label": _("文件"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "state", "label": _("状态")},
        {"key": "good", "label": _("可导入 / 已导入"), "align": "r"},
        {"key": "bad", "label": _("有问题"), "align": "r"},
        {"key": "by", "label": _("上传")},
    ]


def row(batch) -> dict:
    counts = batch["counts"]
    cells = {
        "name": {"text": batch["name"], "sub": place(batch)},
        "type": {"text": type_name(batch), "sub": _(MODES[batch["mode"]])},
        "state": {"text": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]},
        "good": f"{counts['taken' if 'taken' in counts else 'good']:,}" if counts else "",
        "bad": f"{counts['bad']:,}" if counts.get("bad") else "",
        "by": {"text": batch["by_name"], "sub": moment(batch["at"])},
    }
    done = batch["state"] in (batches.UNDONE, batches.DISCARDED)
    return {"id": batch["_id"], "url": url_for("imports.show", import_id=batch["_id"]), "cells": cells, "dim": done}


def place(batch) -> str:
    return divisions.name_of(batch["township"]) if batch["township"] else _("全县")


def type_name(batch) -> str:
    return engine.current().registry.get(batch["type"], batch["version"]).name


def types() -> list[dict]:
    """Return the types that take applications, for a select."""
    found = [item for item in engine.current().registry.latest().values() if not item.retired]
    return [{"value": item.key, "label": item.name} for item in sorted(found, key=lambda item: item.code)]


def values(batch, steps) -> dict:
    """Return what every page of a batch shows."""
    return {
        "title": batch["name"], "type_name": type_name(batch), "mode": _(MODES[batch["mode"]]), "place": place(batch), "steps": steps,
        "state": {"label": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]}, "job": _job(batch), "files": _files(batch),
        "tiles": tiles(batch), "is_benefit": batch["mode"] == BENEFIT, "story": [_told(note) for note in reversed(batch["history"])],
    }  # fmt: skip


def _told(note):
    return {"title": _(note["label"]), "actor": note["actor_name"], "at": moment(note["at"])}


def _readable(batch):
    try:
        return jobs.get_readable(batch["job"], g.actor) if batch["job"] else None
    except NotFound:  # a colleague's: its figures stand on the page all the same
        return None


def _job(batch):
    job = _readable(batch)
    running = batch["state"] in (batches.CHECKING, batches.APPLYING, batches.UNDOING)
    return state_of(job) if job and (running or job["state"] == jobs.FAILED) else None


def _files(batch):
    """Return the workbooks that came back, for who started the job."""
    job = _readable(batch)
    if not job or job["state"] != jobs.DONE:
        return []
    return [{"name": item["name"], "url": url_for("jobs.artefact", job_id=job["_id"], number=number)} for number, item in enumerate(job["artefacts"])]


def tiles(batch) -> list[dict]:
    counts = batch["counts"]
    if not counts or batch["state"] in (batches.MAPPING, batches.CHECKING):
        return []
    shown = [{"label": _("文件中的户"), "value": f"{counts['households']:,}", "sub": _("%(n)s 人", n=f"{counts['persons']:,}")}]
    if "taken" in counts:
        shown.append({"label": _("已导入"), "value": f"{counts['taken']:,}", "tone": "good"})
    else:
        shown.append({"label": _("可以导入"), "value": f"{counts['good']:,}", "tone": "good"})
    shown.append({"label": _("有问题"), "value": f"{counts['bad']:,}", "tone": "bad" if counts["bad"] else "", "sub": _("不导入，退回改正")})
    shown.append({"label": _("可能重复"), "value": f"{counts['held']:,}", "tone": "wait" if counts["held"] else "", "sub": _("判断后才导入")})
    if counts["dropped"]:
        shown.append({"label": _("判为重复"), "value": f"{counts['dropped']:,}", "sub": _("不导入")})
    if batch["mode"] == BENEFIT:
        shown.append({"label": _("月金额合计"), "value": format_yuan(counts["amount"]), "unit": _("元")})
        shown.append({"label": _("金额与现行规定不同"), "value": f"{counts['differences']:,}", "tone": "wait" if counts["differences"] else ""})
    return shown


# Which column is which


def sheets(batch, known, posted=None) -> list[dict]:
    """Return the sheets with their columns: heading, first cells (masked where the target's are), what it fills."""
    cells, found = batches.samples(batch), []
    for number, plan in enumerate(batch["sheets"]):
        places = plan["places"] if posted is None else posted.get(plan["name"], {})
        lines = []
        for place, title in enumerate(plan["titles"]):
            key = places.get(str(place), "")
            sample = cells.get(plan["name"], [])[place] if place < len(cells.get(plan["name"], [])) else []
            if title or sample:
                guessed = known.get(plan["places"].get(str(place), ""))
                shown = "、".join(_veiled(text, guessed) for text in sample)
                lines.append({"name": f"s{number}-{place}", "title": title or _("（没有表头）"), "sample": shown, "key": key})
        found.append({"title": plan["name"] or _("文件"), "lines": lines, "filled": len(places)})
    return found


def _veiled(text, target):
    if any(len(run) >= 15 for run in "".join(sign if sign.isdigit() else " " for sign in text).split()):
        return KINDS["id_number"].mask(text)  # whatever column it stands in
    kind = KINDS[target.field.kind] if target else None
    return kind.mask(text) if kind and kind.disclosure in ("secret", "personal") else text


def choices(known) -> list[dict]:
    """Return the targets in groups, for the selects."""
    groups = {}
    for key, target in known.items():
        option = {"value": key, "label": target.title + ("*" if target.field.required else "")}
        groups.setdefault(target.table.label if target.table else _("每户一项"), []).append(option)
    return [{"label": label, "options": options} for label, options in groups.items()]


def read_choices(form, batch) -> dict[str, dict[str, str]]:
    """Return {sheet: {place: target key}} as it was posted."""
    return {
        plan["name"]: {str(place): key for place in range(len(plan["titles"])) if (key := form.get(f"s{number}-{place}", ""))}
        for number, plan in enumerate(batch["sheets"])
    }


# What the trial found


def findings(batch, args) -> dict:
    """Return the faults, differences and pairs of a batch, a page of each from the row on that `args` name; `pagers` lead on and back."""
    rows, pairs, pagers = ScopedCollection(database.raw(batches.ROWS)), duplicates.pairs(), {}

    def page(name, collection, **query):
        after = plain_number(args.get(name)) or 0
        found, more = _page(collection, {"batch": batch["_id"], **query}, after)
        pagers[name] = {
            "next": _address(batch, args, name, found[-1]["n"]) if more else "",
            "first": _address(batch, args, name, None) if after else "",
        }
        return found

    return {
        "faults": page("faults", rows, kind="bad"), "different": page("different", rows, kind="difference"),
        "pairs": [pair(each) for each in pairs.find({"batch": batch["_id"], "verdict": duplicates.OPEN}, sort=[("n", 1)], limit=PAGE)],
        "judged": [pair(each) for each in page("judged", pairs, verdict={"$in": [duplicates.SAME, duplicates.DIFFERENT]})], "pagers": pagers,
    }  # fmt: skip


def _page(collection, query, after):
    """Return (rows, whether there are more) behind the household `after`: of the last household all, for the next page goes on behind it."""
    found = list(collection.find({**query, "n": {"$gt": after}}, sort=[("n", 1)], limit=PAGE + 1))
    if len(found) <= PAGE:
        return found, False
    last = found[PAGE - 1]["n"]
    whole = [row for row in found if row["n"] < last] + list(collection.find({**query, "n": last}))
    return whole, collection.find_one({**query, "n": {"$gt": last}}) is not None


def _address(batch, args, name, after):
    """Return the address of the batch with another page of one of its lists, the others as they are."""
    kept = {each: args[each] for each in PAGED if each in args} | {name: after}
    return url_for("imports.show", import_id=batch["_id"], **kept, _anchor=name)


def pair(found) -> dict:
    """Return a pair side by side; of a case the actor does not reach, only that there is one."""
    other, mine = found["other"], found["mine"]
    sides = [_file_side(mine)]
    if "n" in other:
        sides.append(_file_side(other))
    elif g.actor.reaches(other["township"], other["village"]):
        sides.append(_case_side(other))
    else:
        sides.append({"title": _("其他乡镇的案件"), "facts": [(_("说明"), _("内容由所在乡镇办理；需要核实的请联系县级"))]})
    said = _(duplicates.SAME_LABEL[found["verdict"]])
    return {"id": found["_id"], "why": _(duplicates.WHY[found["why"]]), "sides": sides, "said": said}


def _file_side(side):
    where = _("第 %(n)s 行", n=side["row"])
    return {"title": _("本文件 %(where)s", where=f"{side['sheet']} {where}".strip()), "facts": _facts(side)}


def _case_side(side):
    state = _(CASE_STATES[side["state"]].label) if side["state"] in CASE_STATES else ""
    url = url_for("cases.details_view", type_key=side["type"], id=side["case"])
    return {"title": side["number"], "url": url, "facts": [*_facts(side), (_("状态"), state)]}


def _facts(side):
    return [(_("申请人"), side["name"]), (_("村（社区）"), divisions.full_name(side["village"])), (_("家庭成员"), "、".join(dict.fromkeys(side["people"])))]
