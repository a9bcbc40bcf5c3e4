"""The list of a type's cases: filters, orders and pages, each carried by one index and read by one command.

Pages go by the last key seen (keyset), not by counting over what came before: the thousandth page costs what the
first does. The index is named with the query, so that no combination of filters can send the database through a
collection or make it sort.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bson import ObjectId
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import disclosure, divisions
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.fields.when import read_date
from adminapp.search import cases as search
from adminapp.text import plain_number
from adminapp.workflow.machine import STATES
from views import counting

PAGE = 20
COUNT_TO = 1000


@dataclass(frozen=True)
class Order:
    """An order of the list; `key` is its field of the envelope.

    Rows without a value are left out of an order by that value.
    """

    key: str
    label: str
    index: str
    descending: bool = True


ORDERS = {
    "recent": Order("_id", _l("登记先后"), "recent"),
    "applied": Order("applied_on", _l("申请日期"), "applied"),
    "due": Order("due", _l("到期日"), "due", descending=False),
    "amount": Order("amount", _l("金额"), "amount"),
}


@dataclass
class Request:
    """What was asked for, read from the address: texts are checked here, unknown ones count as not given."""

    relief_type: object
    actor: object
    state: str = ""
    township: str = ""
    village: str = ""
    facets: dict = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    q: str = ""
    sort: str = ""
    view: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, relief_type, actor, args):
        state = args.get("state", "")
        township, village = args.get("township", ""), args.get("village", "")
        facets = {}
        for item in filters_of(relief_type, actor):
            code = args.get(f"f.{item.id}", "")
            if code in {each for each, _label in KINDS[item.kind].filter_choices(item)}:
                facets[item.id] = code
        order = args.get("sort", "")
        return cls(
            relief_type,
            actor,
            state=state if state in STATES else "",
            township=township if len(township) == 9 and divisions.exists(township) else "",
            village=village if len(village) == 12 and divisions.exists(village) else "",
            facets=facets,
            first=_day(args.get("applied.from")),
            last=_day(args.get("applied.to")),
            q=args.get("q", "").strip()[:60],
            sort=order if order.removeprefix("-") in ORDERS else "",
            view=view if ObjectId.is_valid(view := args.get("view", "")) else "",
            after=args.get("after", ""),
            before=args.get("before", ""),
        )

    @property
    def order(self) -> tuple[str, bool]:
        """Return (name of the order, descending). A range of days is read in the order of days."""
        if self.sort:
            order = ORDERS[self.sort.removeprefix("-")]
            name = self.sort.removeprefix("-")
            return name, order.descending != self.sort.startswith("-")
        return ("applied" if self.first or self.last else "recent"), True

    def query(self) -> dict:
        query = {"type": self.relief_type.key}
        townships = self._townships()
        if townships is not None:
            query["township"] = townships[0] if len(townships) == 1 else {"$in": townships}
        if self.village:
            query["village"] = self.village
        if self.state:
            query["state"] = self.state
        if self.facets:
            codes = [f"{key}={code}" for key, code in self.facets.items()]
            query["facets"] = codes[0] if len(codes) == 1 else {"$all": codes}
        if self.first or self.last:
            limits = {"$gte": self.first and _moment(self.first), "$lte": self.last and _moment(self.last)}
            query["applied_on"] = {sign: moment for sign, moment in limits.items() if moment}
        return query

    def _townships(self):
        """Return the townships that can hold what is asked for, None for the whole county."""
        if self.village:
            return [divisions.township_of(self.village)]
        if self.township:
            return [self.township]
        if self.actor.villages is not None:
            return sorted({divisions.township_of(code) for code in self.actor.villages}) or [""]
        return None if self.actor.townships is None else sorted(self.actor.townships) or [""]

    def index(self) -> str:
        """Return the name of the index for this query and order."""
        name, _descending = self.order
        if name == "recent":
            if self.village:
                return "village"
            name = "state" if self.state else "facets" if self.facets else "recent"
        place = "type" if self._townships() is None else "township_type"
        return f"{place}_{ORDERS[name].index if name in ORDERS else name}"

    def parameters(self) -> dict[str, str]:
        """Return what a saved view keeps of this: all but what was typed into the search box, and the page."""
        asked = {
            "state": self.state,
            "township": self.township,
            "village": self.village,
            "sort": self.sort,
            "applied.from": self.first and self.first.isoformat(),
            "applied.to": self.last and self.last.isoformat(),
            **{f"f.{key}": code for key, code in self.facets.items()},
        }
        return {key: value for key, value in asked.items() if value}

    def address(self, **changes) -> str:
        """Return the address of this list with some things asked for otherwise; None leaves a thing out."""
        asked = {"q": self.q, "view": self.view, **self.parameters(), **changes}
        return url_for(
            "cases.index_view", type_key=self.relief_type.key, **{key: value for key, value in asked.items() if value}
        )


@dataclass
class Page:
    rows: list[dict]
    next_token: str = ""
    previous_token: str = ""
    count: str = ""


def read_page(collection, asked: Request, projection: dict) -> Page:
    """Return one page of raw rows."""
    if asked.q:
        return _found(search.find(collection, asked.actor, asked.q, asked.query(), projection))
    name, descending = asked.order
    order, index, query = ORDERS[name], asked.index(), asked.query()
    token, backwards = asked.after or asked.before, bool(asked.before and not asked.after)
    down = descending != backwards
    paged = _beyond(query, order, token, down)
    direction = -1 if down else 1
    keys = [("_id", direction)] if order.key == "_id" else [(order.key, direction), ("_id", direction)]
    rows = list(collection.find(paged, projection, sort=keys, limit=PAGE + 1, hint=index))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    page = Page(rows)
    if rows:
        page.next_token = _token(rows[-1], order) if more or backwards else ""
        page.previous_token = _token(rows[0], order) if (more if backwards else token) else ""
    if not token:
        number = _count(collection, paged, index) if more else len(rows)
        page.count = _("共 %(n)s 件", n=counting.shown(number, COUNT_TO))
    return page


def count(collection, asked: Request) -> int:
    """Return how many cases there are, counted up to one more than COUNT_TO."""
    name, descending = asked.order
    return _count(collection, _beyond(asked.query(), ORDERS[name], "", descending), asked.index())


def _found(found):
    """Return what a search found as a page; similar names only where there is no other."""
    if found.more:
        return Page(found.rows, count=_("只显示前 %(n)s 件，请输入得更完整", n=search.LIMIT))
    if found.near and not found.rows:
        return Page(found.near, count=_("没有完全相符的，以下 %(n)s 件姓名相近", n=len(found.near)))
    return Page(found.rows, count=_("共 %(n)s 件", n=len(found.rows)))


def _beyond(query, order, token, down):
    """Return the query from the given row on. The range on the order's own key is what the index walks."""
    query = dict(query)
    if order.key != "_id":
        # Numbers or dates only: rows without a value would stand at one end, where a range by value never reaches.
        floor = {"$gte": 0} if order.key == "amount" else {"$gte": datetime(1900, 1, 1, tzinfo=UTC)}
        query[order.key] = {**floor, **(query.get(order.key) or {})}
    found = _read_token(token, order)
    if found is None:
        return query
    value, number = found
    sign, strict = ("$lte", "$lt") if down else ("$gte", "$gt")
    if order.key == "_id":
        return {**query, "_id": {strict: number}}
    limit = query[order.key].get(sign)
    nearest = value if limit is None else (min(limit, value) if down else max(limit, value))
    query[order.key] = {**query[order.key], sign: nearest}
    return {**query, "$or": [{order.key: {strict: value}}, {order.key: value, "_id": {strict: number}}]}


def _count(collection, query, index):
    return collection.count_documents(query, limit=COUNT_TO + 1, hint=index)


def _token(row, order):
    if order.key == "_id":
        return str(row["_id"])
    value = row[order.key]
    return f"{value.date().isoformat() if isinstance(value, datetime) else value}~{row['_id']}"


def _read_token(token, order):
    """Return (value, id) of a token, None for a blank or broken one."""
    value, _tilde, number = token.rpartition("~")
    if not ObjectId.is_valid(number):
        return None
    if order.key == "_id":
        return None, ObjectId(number)
    if order.key == "amount":
        fen = plain_number(value, 15)
        return None if fen is None else (fen, ObjectId(number))
    day = _day(value)
    return (_moment(day), ObjectId(number)) if day else None


def _day(text):
    try:
        return read_date(text) if text else None
    except Invalid:
        return None


def _moment(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def filters_of(relief_type, actor):
    """Return the declared fields that the list filters by, their codes stand in `facets`; none that the list shows the actor masked."""
    fields = (item for item in relief_type.live_fields.values() if item.filter and KINDS[item.kind].filterable)
    return [item for item in fields if disclosure.in_full(item, actor, disclosure.LIST)]
