"""Texts: one line, many lines, a person's name, a month."""

import re

import mongoengine as me
from wtforms import StringField, TextAreaField, ValidationError

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.fields.base import Kind
from adminapp.text import check_name, normalise


def stripped(value):
    """A blank input is None, so that an optional field stays unset."""
    return (value or "").strip() or None


class Clean:
    """Normalises what was typed; control characters and unknown private-use characters are refused in words."""

    def __init__(self, function):
        self.function = function

    def __call__(self, form, field):
        if field.data:
            try:
                field.data = self.function(field.data)
            except Invalid as error:
                raise ValidationError(str(error)) from error


class Text(Kind):
    name, title, hint = "text", "文字", "一行字，如地址、单位"
    properties = {"max_length", "default"}
    tells_who = "text"
    default_length = 100

    def _length(self, field):
        return field.max_length or self.default_length

    def model_field(self, field):
        return me.StringField(max_length=self._length(field))

    def _clean(self, text, field):
        text = normalise(text)
        if len(text) > self._length(field):
            raise Invalid(f"最多 {self._length(field)} 个字，写了 {len(text)} 个")
        return text

    def form_field(self, field):
        options = self._options(field, render_kw={"maxlength": self._length(field)})
        options["validators"].append(Clean(lambda text: self._clean(text, field)))
        return StringField(filters=[stripped], default=field.default or None, **options)

    def parse(self, text, field):
        return self._clean(text, field) if stripped(text) else None

    def sample(self, field, number=0):
        return field.default or f"{field.label}示例"[: self._length(field)]


class LongText(Text):
    name, title, hint, in_lists = "long_text", "长文字", "几行字，如困难经过", False
    tells_who = "story"
    default_length = 2000

    def _clean(self, text, field):
        text = normalise(text, multiline=True)
        if len(text) > self._length(field):
            raise Invalid(f"最多 {self._length(field)} 个字，写了 {len(text)} 个")
        return text

    def form_field(self, field):
        options = self._options(field, render_kw={"maxlength": self._length(field), "rows": 3, "data-width": field.width or "full"})
        options["validators"].append(Clean(lambda text: self._clean(text, field)))
        return TextAreaField(filters=[stripped], default=field.default or None, **options)


class PersonName(Text):
    """A person's name: Han characters with extensions, or with the separator of minority names."""

    name, title, hint, icon = "person_name", "姓名", "人的姓名，检查用字", "person"
    samples = ("龙示例", "吴示例", "石示例", "麻示例")
    properties = set()
    tells_who = "name"
    default_length = 20

    def _clean(self, text, field):
        return check_name(text)

    def mask(self, text):
        return text[:1] + "*" * (len(text) - 1)

    def sample(self, field, number=0):
        return self.samples[number % len(self.samples)]


class Month(Text):
    """A month as text, 2026-09."""

    name, title, hint, icon = "month", "月份", "年和月，如 2026-09", "calendar"
    properties = set()
    tells_who = ""
    column_kind = "month"

    def _clean(self, text, field):
        if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
            raise Invalid("请写成 2026-09 这样的年月")
        return text

    def form_field(self, field):
        options = self._options(field, render_kw={"type": "month", "placeholder": "2026-09"})
        options["validators"].append(Clean(lambda text: self._clean(text, field)))
        return StringField(filters=[stripped], **options)

    def sample(self, field, number=0):
        return f"{dates.today():%Y-%m}"
