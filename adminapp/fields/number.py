"""Numbers: whole, with decimals, and money in fen."""

from fractions import Fraction

import mongoengine as me
from wtforms import StringField, ValidationError

from adminapp.errors import Invalid
from adminapp.fields.base import Kind
from adminapp.fields.textual import stripped
from adminapp.formula.functions import exact
from adminapp.money import format_yuan, parse_yuan, plain_yuan
from adminapp.text import normalise


class TypedField(StringField):
    """A text input whose value is parsed by the kind; what was typed is shown again when it is refused."""

    def __init__(self, *args, parse, show, **kwargs):
        super().__init__(*args, **kwargs)
        self.parse, self.show = parse, show

    def process_formdata(self, valuelist):
        if valuelist:
            self.data = None
            text = stripped(valuelist[0])
            if text is not None:
                try:
                    self.data = self.parse(text)
                except Invalid as error:
                    raise ValueError(str(error)) from error

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else self.show(self.data)


class Bounded:
    """A bound of 0 is a bound: Flask-Admin drops it, so compare with None."""

    def __init__(self, kind, field):
        self.kind, self.field = kind, field

    def __call__(self, form, form_field):
        if form_field.data is not None:
            try:
                self.kind.check_bounds(form_field.data, self.field)
            except Invalid as error:
                raise ValidationError(str(error)) from error


class Integer(Kind):
    name, title, hint, icon = "integer", "整数", "没有小数的数，如人数、月数", "sort"
    formula_type, blank, column_kind, align = "number", 0, "integer", "right"
    properties = {"min", "max", "unit"}
    limit = 10**9
    typical = 3
    """What an example has, where the bounds allow it."""

    def model_field(self, field):
        return me.LongField()

    def form_field(self, field):
        options = self._options(field, render_kw={"inputmode": "decimal", **({"data-unit": field.unit} if field.unit else {})})
        options["validators"].append(Bounded(self, field))
        return TypedField(parse=lambda text: self._read(text), show=lambda value: self._show(value), **options)

    def _read(self, text):
        text = normalise(text, numbers=True)
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
            raise Invalid(f"请填整数，写的是“{text[:20]}”")
        return sign * int(digits)

    def _show(self, value):
        return str(value)

    def sample(self, field, number=0):
        low = self._read(field.min) if field.min else 0
        high = self._read(field.max) if field.max else low + self.typical
        return min(max(low, self.typical), high)

    def check_bounds(self, value, field):
        low = self._read(field.min) if field.min else (0 if self.name != "integer" else -self.limit)
        high = self._read(field.max) if field.max else self.limit * 1000
        if value < low:
            raise Invalid(f"不能小于 {self._show(low)}{field.unit}")
        if value > high:
            raise Invalid(f"不能大于 {self._show(high)}{field.unit}")

    def text(self, value, field):
        return "" if value is None else f"{self._show(value)}{field.unit and ' ' + field.unit}"

    def export(self, value, field):
        return value

    def parse(self, text, field):
        if stripped(text) is None:
            return None
        value = self._read(text)
        self.check_bounds(value, field)
        return value

    def json_schema(self, field):
        return {"type": "integer"}

    def to_json(self, value, field):
        return value

    def from_json(self, value, field):
        if value is None:
            return None
        if type(value) is not int or abs(value) > self.limit * 1000:
            raise Invalid(f"“{field.label}”要是整数")
        return self.parse(self.written(value, field), field)

    def check(self, field, path):
        yield from super().check(field, path)
        from adminapp.declaration.problems import Problem

        for name in ("min", "max"):
            if getattr(field, name):
                try:
                    self._read(getattr(field, name))
                except Invalid as error:
                    yield Problem(f"{path}.{name}", str(error))


class Decimal(Integer):
    """A number with at most four decimals, kept as text so that it never becomes a float."""

    name, title, hint = "decimal", "小数", "最多四位小数，如面积"

    def model_field(self, field):
        return me.StringField(max_length=20)

    def _read(self, text):
        text = normalise(text, numbers=True)
        whole, _, decimals = text.removeprefix("-").partition(".")
        if not (whole.isascii() and whole.isdigit() and len(whole) <= 9 and len(decimals) <= 4 and (not decimals or decimals.isascii() and decimals.isdigit())):
            raise Invalid(f"请填数字，最多四位小数，写的是“{text[:20]}”")
        return text if not decimals else f"{'-' if text.startswith('-') else ''}{whole}.{decimals.rstrip('0')}".rstrip(".")

    def json_schema(self, field):
        return {"type": "string", "pattern": r"^-?[0-9]{1,9}(\.[0-9]{1,4})?$"}

    from_json = Kind.from_json

    def formula_value(self, value, field):
        return exact(value) if value else 0

    def sample(self, field, number=0):
        return self._read(field.min or "1.5")

    def check_bounds(self, value, field):
        number = Fraction(value)
        if field.min and number < Fraction(field.min) or not field.min and number < 0:
            raise Invalid(f"不能小于 {field.min or 0}{field.unit}")
        if field.max and number > Fraction(field.max):
            raise Invalid(f"不能大于 {field.max}{field.unit}")

    def export(self, value, field):
        return float(value) if value else None


class Money(Integer):
    """Yuan on the screen, fen in Python, formulas and database."""

    name, title, hint, icon = "money", "金额", "元，精确到分", "money"
    typical = 360_000
    formula_type, column_kind = "money", "money"
    properties = {"min", "max", "unit"}

    def form_field(self, field):
        unbound = super().form_field(field)
        unbound.kwargs["render_kw"] = {**unbound.kwargs["render_kw"], "data-unit": field.unit or "元"}
        return unbound

    def _read(self, text):
        return parse_yuan(text)

    def _show(self, value):
        return format_yuan(value)

    def text(self, value, field):
        return "" if value is None else format_yuan(value)

    def written(self, value, field):
        return "" if value is None else plain_yuan(value)

    def json_schema(self, field):
        return {"type": "integer", "minimum": 0, "description": "分"}
