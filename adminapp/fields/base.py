"""What every field kind answers: its stored value, form field, cell text, export, filter, mask and place in formulas."""

from wtforms import validators

from adminapp.declaration.problems import Problem
from adminapp.errors import Invalid
from adminapp.formula.types import Name
from adminapp.text import normalise

COMMON = {"id", "label", "kind", "help", "clause", "source", "required", "required_when", "visible_when", "list", "disclosure", "retired", "width"}
DISCLOSURES = {"public": "公开", "staff": "工作人员", "personal": "个人信息", "secret": "敏感信息", "checker": "核对原始数据（仅县级核对人员）"}


class Kind:
    """One field kind. Subclasses fill the class attributes and override what differs; nobody asks for a kind by name.

    Values: `value` is the plain Python value as a formula sees it (fen for money, text for codes, date, list of row
    dicts); None or empty means blank.
    """

    name = ""
    title = ""
    hint = ""
    """What it is for, in a few words."""
    icon = "edit"
    panel_words: dict = {}
    """{property: (label, help)} where this kind calls it otherwise than the vocabulary."""
    begin: dict = {}
    """What a new field of this kind begins with, besides id, label and kind."""
    in_tables = True
    """Whether it can be a column."""
    in_lists = True
    """Whether it can be a column of the list of cases."""
    formula_type = "text"
    blank = ""
    column_kind = "text"
    disclosure = "staff"
    properties: set[str] = set()
    filterable = False
    stored = True
    align = ""
    tells_who = ""
    """How a value could tell who somebody is: name, number, text, story, phone, secret; "" when it cannot (golden/made.py)."""

    def model_field(self, field):
        """Return the mongoengine field, or None when nothing is stored."""
        raise NotImplementedError

    def from_store(self, value, field):
        """Return the plain value of what stands in the database, None left out."""
        return value

    def to_store(self, value, field):
        """Return what stands in the database for a plain value; the document's own field gives the same."""
        return value

    def form_field(self, field):
        """Return the unbound WTForms field. Required-ness is checked by the case form, since it depends on visibility."""
        raise NotImplementedError

    def formula_value(self, value, field):
        """Return what a formula sees: blanks as the kind's blank."""
        return self.blank if value is None else value

    def plain(self, value, field):
        """Return the value as plain data, to compare and to show."""
        return value

    def assignable(self, value, field, before, model):
        """Return what is set on a document of class `model` for a typed value; `before` is what stands there."""
        return value

    def formula_name(self, field) -> Name:
        return Name(self.formula_type, field.label)

    def text(self, value, field) -> str:
        """Return the value as staff read it, unmasked; blank is the empty text."""
        return "" if value is None else str(value)

    def export(self, value, field):
        """Return the value for a spreadsheet cell of `column_kind`."""
        return self.text(value, field)

    def mask(self, text: str) -> str:
        """Return the text with its middle hidden, for readers without the right to see it."""
        return "***" if text else ""

    def parse(self, text: str, field):
        """Return the value of one imported cell; raise Invalid with a sentence."""
        raise NotImplementedError

    def written(self, value, field) -> str:
        """Return the text from which `parse` reads the value back: codes instead of labels; "" is blank."""
        return "" if value is None else str(value)

    def json_schema(self, field) -> dict:
        """Return the JSON Schema of the value for other systems."""
        return {"type": "string"}

    def to_json(self, value, field):
        """Return the value as other systems read it; None is blank."""
        return None if value is None else self.written(value, field)

    def from_json(self, value, field):
        """Return the value of what another system sent, judged like a typed one. Raise Invalid with a sentence."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise Invalid(f"“{field.label}”要用文字（JSON 字符串）")
        return self.parse(normalise(value, numbers=self.align == "right", multiline=True), field)

    def facets(self, value, field) -> list[str]:
        """Return the codes by which the list may be filtered."""
        return []

    def filter_choices(self, field) -> list[tuple[str, str]]:
        return []

    def sample(self, field, number: int = 0):
        """Return an invented value, to show a form with: the same for the same number, within the field's bounds."""
        return

    @property
    def allowed(self) -> set[str]:
        """Return the properties a field of this kind may have."""
        return (COMMON | self.properties | ({"filter"} if self.filterable else set())) - (set() if self.in_lists else {"list"})

    def check(self, field, path):
        """Yield problems of the field's properties."""
        for name, value in vars(field).items():
            if name not in self.allowed and name != "list" and not name.startswith("_") and name in _DEFAULTS and value != _DEFAULTS[name]:
                extra = "；能筛选的是单选、多选、是否和地区" if name == "filter" else ""
                yield Problem(f"{path}.{name}", f"{self.title}字段没有属性“{name}”{extra}")

    def _options(self, field, **more):
        return {
            "label": field.label,
            "description": field.help,
            "validators": [validators.Optional()],
            "render_kw": {"data-kind": self.name, **({"data-width": field.width} if field.width else {}), **more.pop("render_kw", {})},
            **more,
        }


def _defaults():
    from dataclasses import fields

    from adminapp.declaration.model import Field

    return {item.name: item.default for item in fields(Field)}


_DEFAULTS = _defaults()
