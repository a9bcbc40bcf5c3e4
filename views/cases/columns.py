"""Columns, cells, filters and chips of a type's list, as its reader may see them."""

from datetime import datetime
from itertools import chain

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from adminapp import disclosure, divisions
from adminapp.fields import KINDS
from adminapp.money import format_yuan
from adminapp.workflow.machine import STATES
from views.cases.badges import due_badge, state_badge
from views.cases.listing import ORDERS, Request, filters_of

ENVELOPE = ("number", "name", "village", "township", "state", "applied_on", "due", "amount", "schema_version")
COLUMNS = 3
"""Declared columns shown: more do not fit beside the envelope at 1280 points."""


class Listing:
    """Columns and cells of one type's list for one reader."""

    def __init__(self, published, actor, chosen=()):
        """`chosen` are the keys of the columns to show; none, or none that is there, means the usual ones."""
        self.published, self.relief_type, self.actor = published, published.relief_type, actor
        self.declared = [
            item for item in self.relief_type.live_fields.values() if item.list and item.id != "applicant_name"
        ]
        self.chosen = set(chosen) & {key for key, _label, _usual in self.choices()}
        self.fields = [item for item in self.declared if item.id in self.chosen] if self.chosen else self.declared[:COLUMNS]

    def choices(self):
        """Return (key, label, whether it is usually shown) of each column that can be shown besides the name."""
        return [
            ("village", _("村（社区）"), True),
            *((item.id, item.label, place < COLUMNS) for place, item in enumerate(self.declared)),
            ("state", _("状态"), True),
            ("applied_on", _("申请日期"), True),
            ("due", _("到期"), True),
            ("amount", _("金额(元)"), True),
        ]

    def shown(self) -> list[str]:
        """Return the keys of the columns shown besides the name."""
        return [key for key, _label, usual in self.choices() if (key in self.chosen if self.chosen else usual)]

    @property
    def projection(self):
        return dict.fromkeys((*ENVELOPE, *(item.stored for item in self.fields)), 1)

    def columns(self, asked: Request):
        shown = {"name", *self.shown()}
        return [column for column in self._all_columns(asked) if column["key"] in shown]

    def _all_columns(self, asked):
        return [
            {"key": "name", "label": _("姓名和编号"), "main": True},
            {"key": "village", "label": _("村（社区）")},
            *(
                {
                    "key": item.id,
                    "label": item.label,
                    "align": "r" if KINDS[item.kind].align == "right" or item.result in ("money", "number") else "",
                }
                for item in self.fields
            ),
            {"key": "state", "label": _("状态")},
            self._sorted(asked, "applied", {"key": "applied_on", "label": _("申请日期"), "align": "nowrap"}),
            self._sorted(asked, "due", {"key": "due", "label": _("到期"), "align": "nowrap"}),
            self._sorted(asked, "amount", {"key": "amount", "label": _("金额(元)"), "align": "r"}),
        ]

    def _sorted(self, asked, name, column):
        if asked.q:
            return column
        order, (current, descending) = ORDERS[name], asked.order
        if current != name:
            return {**column, "sort_url": asked.address(sort=name)}
        turned = f"-{name}" if descending == order.descending else name
        return {**column, "sort_url": asked.address(sort=turned), "sorted": "descending" if descending else "ascending"}

    def rows(self, rows, columns):
        """Return the rows for the table macro, with their cells as ready markup.

        A macro call a cell costs more than the query.
        """
        tagged = [(_tag(column), column) for column in columns]
        return [self._row(row, tagged) for row in rows]

    def _row(self, row, columns):
        due = _date(row.get("due"))
        badge = due_badge(due)
        name = row.get("name") or _("（未填姓名）")
        cells = {
            "name": {"text": name, "sub": row["number"]},
            "village": self._place(row),
            "state": state_badge(row["state"]),
            "applied_on": _date(row.get("applied_on")) or "",
            "due": {"text": badge["text"], "tone": badge["tone"], "sub": due.isoformat()} if badge else "",
            "amount": format_yuan(row["amount"]) if row.get("amount") is not None else "",
        }
        for item in self.fields:
            cells[item.id] = self._cell(row.get(item.stored), item)
        url = f"{self.base}{row['_id']}"
        return {
            "id": str(row["_id"]),
            "url": url,
            "html": Markup("").join(
                chain.from_iterable(_td(tag, each, cells[each["key"]], url) for tag, each in columns)
            ),
        }

    @property
    def base(self):
        # one address for all rows: building each through the router costs more than the query
        if not hasattr(self, "_base"):
            self._base = url_for("cases.index_view", type_key=self.relief_type.key).rstrip("/") + "/"
        return self._base

    def _place(self, row):
        village = divisions.name_of(row.get("village"))
        if self.actor.townships is None or len(self.actor.townships) != 1:
            return {"text": village, "sub": divisions.name_of(row.get("township"))}
        return village

    def _cell(self, value, item):
        if value is None:
            return ""
        stored = self.published.model._fields.get(item.stored)
        plain = stored.to_python(value) if stored is not None else value
        return disclosure.text(
            _date(plain) if isinstance(plain, datetime) else plain, item, self.actor, disclosure.LIST
        )

    def filters(self, asked: Request):
        shown = [
            {
                "name": "state",
                "label": _("状态"),
                "kind": "select",
                "options": _options(((key, _(s.label)) for key, s in STATES.items()), asked.state),
            }
        ]
        townships = divisions.townships()
        if self.actor.villages is None:
            mine = (
                townships
                if self.actor.townships is None
                else [one for one in townships if one.code in self.actor.townships]
            )
            if len(mine) > 1:
                shown.append(
                    {
                        "name": "township",
                        "label": _("乡镇"),
                        "kind": "select",
                        "options": _options(((one.code, one.name) for one in mine), asked.township),
                    }
                )
            place = asked.township or (mine[0].code if len(mine) == 1 else "")
            villages = divisions.village_choices(place) if place else []
        else:
            villages = [(code, divisions.name_of(code)) for code in sorted(self.actor.villages)]
        if villages or asked.village:
            shown.append(
                {
                    "name": "village",
                    "label": _("村（社区）"),
                    "kind": "select",
                    "options": _options(villages, asked.village),
                }
            )
        for item in filters_of(self.relief_type, self.actor):
            choices = KINDS[item.kind].filter_choices(item)
            if choices:
                shown.append(
                    {
                        "name": f"f.{item.id}",
                        "label": item.label,
                        "kind": "select",
                        "options": _options(choices, asked.facets.get(item.id, "")),
                    }
                )
        shown.append({"name": "applied.from", "label": _("申请日期从"), "kind": "date", "value": asked.first or ""})
        shown.append({"name": "applied.to", "label": _("申请日期到"), "kind": "date", "value": asked.last or ""})
        return shown

    def chips(self, asked: Request):
        chips = []
        if asked.state:
            chips.append((_("状态"), _(STATES[asked.state].label), {"state": None}))
        for name, label in (("township", _("乡镇")), ("village", _("村（社区）"))):
            if getattr(asked, name):
                chips.append((label, divisions.name_of(getattr(asked, name)), {name: None}))
        for key, code in asked.facets.items():
            item = self.relief_type.fields[key]
            chips.append((item.label, dict(KINDS[item.kind].filter_choices(item)).get(code, code), {f"f.{key}": None}))
        if asked.first or asked.last:
            days = f"{asked.first or ''} – {asked.last or ''}"
            chips.append((_("申请日期"), days, {"applied.from": None, "applied.to": None}))
        if asked.q:
            chips.append((_("查找"), asked.q, {"q": None}))
        return [
            {"label": label, "value": value, "remove_url": asked.address(**changes)} for label, value, changes in chips
        ]


OPEN = Markup('<td role="cell" class="{}{}" data-label="{}">')
CLOSE = Markup("</td>")
LINK, LINKED = Markup('<a href="{}">'), Markup("</a>")
PILLS = {tone: Markup('<span class="pill {}">').format(tone) for tone in ("", "info", "wait", "good", "bad", "hold")}
PILLED, SMALL, SMALLED = Markup("</span>"), Markup("<small>"), Markup("</small>")


def _tag(column):
    """Return the opening tag of a column's cells."""
    return OPEN.format(column.get("align", ""), " main" if column.get("main") else "", column["label"])


def _td(tag, column, cell, url):
    """Yield the pieces of a cell as the `cell` macro of components/list.html would; texts are escaped when joined."""
    yield tag
    if column.get("main"):
        yield LINK.format(url)
    if isinstance(cell, dict):
        if "tone" in cell:
            yield from (PILLS[cell["tone"]], cell["text"], PILLED)
        else:
            yield cell["text"]
        if cell.get("sub"):
            yield from (SMALL, cell["sub"], SMALLED)
    else:
        yield str(cell)
    if column.get("main"):
        yield LINKED
    yield CLOSE


def _options(pairs, chosen):
    return [{"value": value, "label": label, "selected": value == chosen} for value, label in pairs]


def _date(value):
    """Return the day of a stored date: midnight UTC stands for the day itself."""
    return value.date() if isinstance(value, datetime) else value
