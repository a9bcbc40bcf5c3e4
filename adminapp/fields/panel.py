"""What an administrator may set on a field, in the order of the screen: the one table of properties, and what each kind has of it.

Words of the properties stand in `declaration.vocabulary`; a kind says in `panel_words` what it calls one otherwise.
"""

GROUPS = (
    ("基本", ("label", "kind", "help", "unit", "options", "formula", "result", "source")),
    ("填写要求", ("required", "required_when", "visible_when", "default", "min", "max", "max_length", "max_rows")),
    ("列表、公开和版面", ("list", "filter", "disclosure", "width")),
    ("依据和标识", ("clause", "id", "retired")),
)
"""(title, names of properties). `fields` is missing: columns are items of the form themselves."""
PALETTE = (
    ("文字", ("text", "long_text", "note")),
    ("数字和日期", ("money", "integer", "decimal", "computed", "date", "month")),
    ("选择", ("choice", "multi_choice", "yes_no", "division")),
    ("人员和账户", ("person_name", "id_number", "phone", "bank_account")),
    ("多行和文件", ("table", "attachment")),
)
"""Kinds of fields in the order in which they are offered; one that stands in no group comes last."""
NOT_IN_TABLES = {"list", "filter", "width", "max_rows"}
"""Properties that mean nothing for a column."""


def groups_of(kind, column: bool = False) -> list[tuple[str, list[str]]]:
    """Return [(title, names)] of what can be set on a field of a kind; a property that stands in no group comes last."""
    names = kind.allowed - (NOT_IN_TABLES if column else set()) - {"fields"}
    known = {name for _title, group in GROUPS for name in group}
    groups = [(title, [name for name in group if name in names]) for title, group in GROUPS]
    groups.append(("其他", sorted(names - known)))
    return [(title, found) for title, found in groups if found]


def palette(kinds, column: bool = False) -> list[tuple[str, list]]:
    """Return [(title, kinds)] of what may be added to a section, or to a table."""
    rest = ("其他", tuple(name for name in kinds if not any(name in names for _title, names in PALETTE)))
    found = []
    for title, names in (*PALETTE, rest):
        group = [kinds[name] for name in names if name in kinds and (kinds[name].in_tables or not column)]
        if group:
            found.append((title, group))
    return found
