"""Choices: one code, several codes, yes or no, a place."""

import mongoengine as me
from wtforms import SelectChoice, SelectField, SelectMultipleField, ValidationError, widgets
from wtforms.fields.choices import Choice as Shown

from adminapp import divisions
from adminapp.declaration.problems import Problem
from adminapp.errors import Invalid
from adminapp.fields.base import Kind
from adminapp.fields.textual import stripped
from adminapp.formula.types import Name
from adminapp.words import nearest

BLANK = SelectChoice("", "— 请选择 —")


def choices(pairs, group=None) -> list[SelectChoice]:
    """Return WTForms choices of (code, label) pairs."""
    return [SelectChoice(code, label, optgroup=group) for code, label in pairs]


def labels_of(field) -> dict[str, str]:
    """Return the labels of a field's options by their codes, retired ones included."""
    return {option.code: option.label for option in field.options}


class BlankSelect(SelectField):
    """A select whose blank is None: without it an optional choice silently saves its first option.

    A code that was retired since stays valid for the case that holds it.
    """

    def __init__(self, *args, retired=(), **kwargs):
        super().__init__(*args, coerce=stripped, **kwargs)
        self.retired = dict(retired)

    def iter_choices(self):
        yield from super().iter_choices()
        if self.data in self.retired:
            yield Shown(self.data, f"{self.retired[self.data]}（已停用）", True, {})

    def pre_validate(self, form):
        if self.data is None or (self.data in self.retired and self.data == self.object_data):
            return
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError("不是有效的选择")


class Choice(Kind):
    name, title, hint, icon = "choice", "单选", "从几个选项里选一个", "check"
    begin = {"options": [{"code": "a", "label": "选项一"}, {"code": "b", "label": "选项二"}]}
    properties = {"options", "default"}
    filterable = True

    def model_field(self, field):
        return me.StringField(max_length=40)

    def formula_name(self, field):
        return Name(self.formula_type, field.label, tuple(option.code for option in field.options), labels=labels_of(field))

    def form_field(self, field):
        live = [BLANK, *choices((option.code, option.label) for option in field.options if not option.retired)]
        retired = [(option.code, option.label) for option in field.options if option.retired]
        return BlankSelect(choices=live, retired=retired, default=field.default or None, **self._options(field))

    def text(self, value, field):
        return next((option.label for option in field.options if option.code == value), value or "")

    def sample(self, field, number=0):
        live = [option.code for option in field.options if not option.retired]
        return field.default or (live[number % len(live)] if live else None)

    def parse(self, text, field):
        word = stripped(text)
        if word is None:
            return None
        for option in field.options:
            if word in (option.code, option.label) and not option.retired:
                return option.code
        raise Invalid(f"“{word}”不在选项中{nearest(word, [option.label for option in field.options])}")

    def json_schema(self, field):
        return {"type": "string", "enum": [option.code for option in field.options]}

    def facets(self, value, field):
        return [f"{field.id}={value}"] if value else []

    def filter_choices(self, field):
        return [(option.code, option.label) for option in field.options]

    def check(self, field, path):
        yield from super().check(field, path)
        if not field.options:
            yield Problem(f"{path}.options", "选择字段要有选项")
        seen = set()
        for index, option in enumerate(field.options):
            if option.code in seen:
                yield Problem(f"{path}.options[{index}].code", f"代码“{option.code}”重复")
            if not option.code or len(option.code) > 40 or any(sign in option.code for sign in " =,$\"'<>"):
                yield Problem(f"{path}.options[{index}].code", f"代码“{option.code}”要是 1 到 40 个字母、数字、- 或 _")
            seen.add(option.code)
        if field.default and field.default not in seen:
            yield Problem(f"{path}.default", f"默认值“{field.default}”不在选项代码中{nearest(field.default, seen)}")


class MultiChoice(Choice):
    name, title, hint, icon, in_tables = "multi_choice", "多选", "从几个选项里选几个", "todo", False
    formula_type, blank = "list", ()
    properties = {"options"}

    def model_field(self, field):
        return me.ListField(me.StringField(max_length=40))

    def form_field(self, field):
        return SelectMultipleField(
            choices=choices((option.code, option.label) for option in field.options),
            option_widget=widgets.CheckboxInput(),
            widget=widgets.ListWidget(prefix_label=False),
            **self._options(field),
        )

    def sample(self, field, number=0):
        return [option.code for option in field.options if not option.retired][:1]

    def text(self, value, field):
        labels = {option.code: option.label for option in field.options}
        return "、".join(labels.get(code, code) for code in value or ())

    def parse(self, text, field):
        words = (stripped(text) or "").replace(",", "、").replace("，", "、").split("、")
        return [Choice.parse(self, word, field) for word in words if word]

    def written(self, value, field):
        return "、".join(value or ())

    def json_schema(self, field):
        return {"type": "array", "items": super().json_schema(field), "uniqueItems": True}

    def to_json(self, value, field):
        return list(value or ())

    def from_json(self, value, field):
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Invalid(f"“{field.label}”要是选项代码的列表")
        return [code for item in dict.fromkeys(value) if (code := Choice.parse(self, item, field))]

    def facets(self, value, field):
        return [f"{field.id}={code}" for code in value or ()]


class YesNo(Kind):
    """Yes, no, or not answered: a blank is not a no."""

    name, title, hint, icon = "yes_no", "是/否", "是、否，或还没有回答", "flag"
    formula_type, blank = "bool", False
    filterable = True
    words = {True: "是", False: "否"}

    def model_field(self, field):
        return me.BooleanField()

    def form_field(self, field):
        return YesNoField(choices=[BLANK, *choices([("yes", "是"), ("no", "否")])], **self._options(field))

    def text(self, value, field):
        return self.words.get(value, "")

    def parse(self, text, field):
        word = stripped(text)
        if word is None:
            return None
        if word in ("是", "有", "yes", "1", "√"):
            return True
        if word in ("否", "无", "no", "0", "×"):
            return False
        raise Invalid(f"“{word}”不是“是”或“否”")

    def written(self, value, field):
        return "" if value is None else "yes" if value else "no"

    def json_schema(self, field):
        return {"type": "boolean"}

    def to_json(self, value, field):
        return value

    def from_json(self, value, field):
        if value is not None and not isinstance(value, bool):
            raise Invalid(f"“{field.label}”要是 true 或 false")
        return value

    def sample(self, field, number=0):
        return False

    def facets(self, value, field):
        return [] if value is None else [f"{field.id}={self.written(value, field)}"]

    def filter_choices(self, field):
        return [("yes", "是"), ("no", "否")]


class YesNoField(SelectField):
    _codes = {"yes": True, "no": False, True: True, False: False}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, coerce=lambda value: self._codes.get(value), **kwargs)

    def iter_choices(self):
        for choice in self.choices:
            yield Shown(choice.value, choice.label, self._codes.get(choice.value) == self.data, {})

    def pre_validate(self, form):
        pass


class Division(Kind):
    """A township or village of the county, as its code."""

    name, title, hint, icon = "division", "乡镇/村", "本县的村（社区）", "map"
    filterable = True
    tells_who = "secret"

    def model_field(self, field):
        return me.StringField(max_length=12)

    def form_field(self, field):
        groups = [BLANK]
        for township in divisions.townships():
            groups += choices(divisions.village_choices(township.code), township.name)
        return BlankGroups(choices=groups, **self._options(field))

    def text(self, value, field):
        return divisions.full_name(value) if value else ""

    def parse(self, text, field):
        word = stripped(text)
        if word is None:
            return None
        for township in divisions.townships():
            for village in divisions.villages(township.code):
                if word in (village.code, village.name, township.name + village.name, divisions.full_name(village.code)):
                    return village.code
        raise Invalid(f"没有“{word}”这个村（社区）")

    def sample(self, field, number=0):
        return divisions.villages(divisions.townships()[0].code)[number].code

    def facets(self, value, field):
        return [f"{field.id}={value}"] if value else []


class BlankGroups(SelectField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, coerce=stripped, **kwargs)

    def pre_validate(self, form):
        if self.data is not None and not divisions.exists(self.data):
            raise ValidationError("不是有效的选择")
