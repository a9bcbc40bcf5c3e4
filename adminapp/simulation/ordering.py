"""Makes the order of a simulation: pins the drafts' texts, the standards they were made from, what is in force, and the day."""

from datetime import date

from adminapp import dates
from adminapp.declaration import read_text
from adminapp.errors import Invalid
from adminapp.simulation import store
from adminapp.simulation.plan import LIVE
from adminapp.standards import from_text


def order(engine, items: list[dict], over: str, on: date | None, actor, title: str = "", release: str = "") -> dict:
    """Store the order and return it. `items` are ``{kind, key, draft, title, text, digest, base, recipe}``.

    `over` is LIVE or a month that is over or running; a month is always decided on its last day, live cases on `on`, by
    default the day on which all drafted standards hold (`day_of`). Raise Invalid when a draft cannot be read or has no cases to run over.
    """
    for item in items:
        if not item.get("text"):
            raise Invalid(f"“{item['title']}”还有问题没有改正，不能试算。")
        (read_text if item["kind"] == "type" else from_text)(item["text"], item["title"])
    if over != LIVE:
        over = dates.parse_month(over)
        if over > dates.month_of(dates.today()):
            raise Invalid("不能按还没有到的月份试算。")
        on = dates.last_day(over)
    engine.refresh()
    on = on or day_of(engine, items)
    tables = [item for item in items if item["kind"] == "standards"]
    rev = tables[0]["base"] if tables else engine.standards_store.rev
    title = title or "、".join(item["title"] for item in items)
    return store.create(title, items, over, on, actor, standards_rev=rev, versions={"seq": engine.registry.seq}, release=release)


def day_of(engine, items: list[dict]) -> date:
    """Return the day on which drafts show their whole effect: today, or when the last drafted value begins."""
    day = dates.today()
    for item in items:
        if item["kind"] == "standards" and item.get("text"):
            table, known = from_text(item["text"]), set(engine.standards.keys())
            for standard in map(table.standard, table):
                before = engine.standards.standard(standard.key).values if standard.key in known else ()
                day = max([day, *(value.since for value in standard.values if value not in before)])
    return day


def item_of(draft, recipe=()) -> dict:
    """Return what a simulation or a release pins of a draft (adminapp/drafts)."""
    return {
        "kind": draft.kind, "key": draft.key, "draft": draft.id, "title": draft.title, "text": draft.text or "", "golden": draft.golden,
        "digest": draft.digest, "base": draft.base, "parent": (draft.origin or {}).get("digest", ""), "editors": list(draft.editors),
        "recipe": list(recipe),
    }  # fmt: skip
