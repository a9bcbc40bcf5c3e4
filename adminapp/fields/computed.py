"""Values that nobody types: computed fields and explanations between fields."""

import mongoengine as me
from wtforms import StringField

from adminapp.declaration.problems import Problem
from adminapp.fields.base import Kind
from adminapp.formula.functions import exact
from adminapp.formula.types import Name
from adminapp.money import ROUNDINGS, format_yuan


class Computed(Kind):
    """A formula over other fields, stored on save so that lists and exports read it; a posted value is ignored.

    Money is rounded half up to the fen for storage. Formulas that use a computed field get its exact value.
    """

    name, title, hint, icon = "computed", "计算", "由其他字段算出，不用填写", "scale"
    in_tables = False
    begin = {"result": "number", "formula": "0"}
    properties = {"formula", "result", "unit"}

    def model_field(self, field):
        return me.DynamicField()

    def form_field(self, field):
        options = self._options(field, render_kw={"readonly": True, "tabindex": "-1", "data-computed": "1"})
        return StringField(**options)

    def formula_value(self, value, field):
        return exact(value) if field.result in ("money", "number") and value is not None else value

    def formula_name(self, field):
        return Name(field.result or "number", field.label)

    def storable(self, value, field):
        """Return the exact value of the formula as it is kept in the document."""
        if value is None or isinstance(value, (bool, str)):
            return value
        if field.result == "money":
            return ROUNDINGS["half_up_fen"](value)
        if field.result == "date":
            return value.isoformat()  # BSON has no plain date
        if field.result == "number" and not isinstance(value, int):
            return str(round(float(value), 4))
        return value

    def text(self, value, field):
        if value is None:
            return ""
        if field.result == "money":
            return format_yuan(value)
        if field.result == "bool":
            return "是" if value else "否"
        return f"{value}{field.unit}"

    def export(self, value, field):
        return value if field.result == "money" else self.text(value, field)

    def check(self, field, path):
        yield from super().check(field, path)
        if not field.formula:
            yield Problem(f"{path}.formula", "计算字段要有公式")
        if not field.result:
            yield Problem(f"{path}.result", "请写明结果的类型：money 金额、number 数字、text 文字、date 日期或 bool 是/否")


class Note(Kind):
    """A sentence shown between fields; it has no value."""

    name, title, hint, icon = "note", "说明", "一段给填表人看的话，不用填写", "info"
    in_tables = in_lists = False
    panel_words = {"label": ("小标题", ""), "help": ("内容", "")}
    stored = False

    def model_field(self, field):
        return None

    def form_field(self, field):
        return None

    def formula_name(self, field):
        return None
