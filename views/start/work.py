"""For those who handle cases: what waits, what is most urgent, what moved since yesterday."""

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, engine, policy, worklist
from adminapp.startpage import MAIN, SIDE, TILES, Asked, Line, Lines, Part, Tile, register
from adminapp.workflow.machine import STATES
from schemas.case import AnyCase
from views.cases.badges import TONES, due_badge
from views.counting import shown

URGENT, MOVED, MOVED_COUNT = 6, 8, 500
FIELDS = dict.fromkeys(("number", "type", "name", "state", "state_since"), 1)


def work(asked: Asked):
    found = worklist.counts(asked.actor, today=asked.today)
    late, soon = found["late"], found["soon"]

    def tile(label, pile, tone=""):
        values = {"show": pile} if pile != "todo" else {}
        return Tile(label, shown(found[pile], worklist.COUNT_TO), _("件"), tone=tone, link=("worklist.index", values))

    return [
        tile(_("待我办理"), "todo"),
        tile(_("三日内到期"), "soon", "wait" if soon else ""),
        tile(_("已超期"), "late", "bad" if late else "good"),
    ]


def urgent(asked: Asked):
    found = worklist.rows(worklist.Asked(asked.actor, today=asked.today), URGENT)
    return Lines(
        _("最急的事"),
        tuple(_urgent(item) for item in found),
        nothing=_("没有等您办理的事。"),
        link=("worklist.index", {}),
    )


def _urgent(item):
    badge, names = due_badge(item.due), engine.current().registry.latest()
    kind = names[item.kind].relief_type.name if item.kind in names else ""
    return Line(
        item.title,
        " · ".join(filter(None, (item.what, kind, item.number))),
        badge["text"] if badge else "",
        badge["tone"] if badge else "",
        item.link,
    )


def moved(asked: Asked):
    """Return the cases that changed their state yesterday or today, newest first, with how many there are."""
    query, hint = moved_query(asked)
    cases = AnyCase._get_collection()
    count = cases.count_documents(query, limit=MOVED_COUNT + 1, hint=hint)
    rows = cases.find(query, FIELDS, sort=[("state_since", -1), ("state", -1)], limit=MOVED, hint=hint)
    return Lines(
        _("昨天以来的变动"),
        tuple(_moved(row) for row in rows),
        nothing=_("昨天以来没有案件变动。"),
        hint=_("共 %(n)s 件", n=shown(count, MOVED_COUNT)) if count else "",
    )


def moved_query(asked: Asked) -> tuple[dict, str]:
    """Return (filter, index) of what moved since yesterday in the actor's places. Drafts are nobody's business."""
    day = asked.today - timedelta(days=1)
    query = {"state_since": {"$gte": datetime(day.year, day.month, day.day, tzinfo=UTC)}, "state": {"$ne": "draft"}}
    townships = asked.actor.townships
    if townships is not None and len(townships) == 1:
        return {"township": next(iter(townships)), **query}, "township_moved"
    return query, "moved"


def _moved(row):
    state, names = STATES[row["state"]], engine.current().registry.latest()
    kind = names[row["type"]].relief_type.name if row["type"] in names else row["type"]
    when = _("昨天") if row["state_since"].date() < dates.today() else _("今天")
    link = ("cases.details_view", {"type_key": row["type"], "id": str(row["_id"])})
    return Line(
        row.get("name") or row["number"], f"{kind} · {row['number']} · {when}", _(state.label), TONES[state.tone], link
    )


register(Part("work", TILES, 10, policy.CASE_WORKERS, work, _l("待办")))
register(Part("urgent", MAIN, 10, policy.CASE_WORKERS, urgent, _l("最急的事")))
register(Part("moved", SIDE, 10, policy.CASE_READERS, moved, _l("昨天以来的变动")))
