"""What may be written in a formula at one place: fields, functions, standards with their value today, programmes. For completion."""

from adminapp import dates
from adminapp.errors import Invalid
from adminapp.formula.functions import FUNCTIONS, PROGRAMMES, ROW_FUNCTIONS
from adminapp.formula.types import WORDS as TYPES
from adminapp.formula.written import is_balanced, name_text, quoted
from adminapp.pinyin import initials


def words_at(scene, place, name: str) -> list[dict]:
    """Return [{text, label, hint, keys, sort, insert, options}]: `text` is how it is written, `keys` its pinyin initials."""
    found = scene.formula_at(place, name)
    if found is None:
        return []
    words = found[2]
    return [*_names(words), *_columns(words), *_functions(), *_programmes(words), *_standards(scene, words)]


def _names(words):
    for key, name in words.names.items():
        text = words.fields.write(key)
        options = words.options(key)
        yield _entry(name_text(text), name.label, TYPES[name.type], options=options.words if options else None)


def _columns(words):
    """Columns of tables, as they are written inside a function over rows."""
    for key, name in words.names.items():
        inside = words.within(key) if name.columns else None
        for column, one in name.columns.items():
            options = inside.options(column)
            text = name_text(inside.fields.write(column))
            yield _entry(text, one.label, f"{name.label}的列", options=options.words if options else None)


def _functions():
    for function in (*FUNCTIONS.values(), *ROW_FUNCTIONS.values()):
        if function.title not in ("元", "包含"):
            yield _entry(
                function.title, f"{function.title}({function.slots})", function.help, insert=f"{function.title}()"
            )
    for text, help in (
        ("并且", "两边都成立"),
        ("或者", "有一边成立"),
        ("不是", "反过来"),
        ("如果", "如果 … 则 … 否则 …"),
    ):
        yield _entry(text, text, help, insert=f"{text} ")


def _programmes(words):
    for key in words.programmes.labels:
        label = words.programmes.write(key)
        for name in sorted(PROGRAMMES):
            title = FUNCTIONS[name].title
            yield _entry(f"{title}({quoted(label)})", f"{title}({label})", FUNCTIONS[name].help)


def _standards(scene, words):
    table, today = scene.engine.standards, dates.today()
    for key in words.standards.labels:
        label = words.standards.write(key)
        try:
            value = table.entry(key, today)["text"]
        except Invalid:
            value = "今天还没有数值"
        text = label if is_balanced(label) else quoted(label)
        yield _entry(text, label, value, sort="standard")
        yield _entry(f"标准({text})", f"标准({label})", value)


def _entry(text, label, hint, sort="", insert="", options=None):
    entry = {"text": text, "label": label, "hint": hint, "keys": initials(label)[:12]}
    return entry | {key: value for key, value in (("sort", sort), ("insert", insert), ("options", options)) if value}
