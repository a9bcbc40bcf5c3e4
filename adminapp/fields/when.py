"""A date."""

from datetime import UTC, date, datetime

import mongoengine as me

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.fields.base import Kind
from adminapp.fields.number import Bounded, TypedField
from adminapp.fields.textual import stripped
from adminapp.text import normalise

EARLIEST = date(1880, 1, 1)
LATEST = date(2100, 12, 31)


def read_date(text) -> date:
    """Return a date as `dates.parse_date` reads it, within the years in which people of today live. Raise Invalid."""
    day = dates.parse_date(normalise(text, numbers=True))
    if not EARLIEST <= day <= LATEST:
        raise Invalid(f"日期要在 {EARLIEST:%Y} 年到 {LATEST:%Y} 年之间")
    return day


class Date(Kind):
    name, title, hint, icon = "date", "日期", "年月日", "calendar"
    panel_words = {"min": ("最早", "日期，或 today 表示填表当天"), "max": ("最晚", "日期，或 today 表示填表当天")}
    formula_type, blank, column_kind = "date", None, "date"
    properties = {"min", "max"}

    def model_field(self, field):
        return me.DateField()

    def from_store(self, value, field):
        return value.date() if isinstance(value, datetime) else value

    def to_store(self, value, field):
        return datetime(value.year, value.month, value.day, tzinfo=UTC) if value else None

    def form_field(self, field):
        options = self._options(field, render_kw={"type": "date"})
        options["validators"].append(Bounded(self, field))
        return TypedField(parse=read_date, show=date.isoformat, **options)

    def check_bounds(self, value, field):
        for bound, wrong, word in ((field.min, date.__lt__, "早"), (field.max, date.__gt__, "晚")):
            if bound and wrong(value, limit := dates.today() if bound == "today" else read_date(bound)):
                raise Invalid(f"不能{word}于 {limit}")

    def text(self, value, field):
        return value.isoformat() if value else ""

    def sample(self, field, number=0):
        for bound in (field.max, field.min):
            if bound:
                return dates.today() if bound == "today" else read_date(bound)
        return dates.today()

    def export(self, value, field):
        return value

    def json_schema(self, field):
        return {"type": "string", "format": "date"}

    def parse(self, text, field):
        if isinstance(text, date) or stripped(text) is None:
            return text or None
        value = read_date(text)
        self.check_bounds(value, field)
        return value

    def check(self, field, path):
        yield from super().check(field, path)
        from adminapp.declaration.problems import Problem

        for name in ("min", "max"):
            bound = getattr(field, name)
            if bound and bound != "today":
                try:
                    read_date(bound)
                except Invalid as error:
                    yield Problem(f"{path}.{name}", f"{error}，或 today")
