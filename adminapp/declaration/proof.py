"""Everything that must hold before a declaration is published: by itself, and after the version before it."""

from adminapp.declaration.checks import check
from adminapp.declaration.problems import Problem
from adminapp.declaration.successor import check_successor
from adminapp.declaration.uses import OWN, uses
from adminapp.fields import KINDS


def prove(relief_type, standards: dict[str, str], before=None) -> list[Problem]:
    """Return all problems; `standards` maps keys to "money" or "number", `before` is the version published last, None for a new type."""
    found = check(relief_type, standards)
    if all(field.kind in KINDS for field in relief_type.fields.values()):
        found += check_retired(relief_type)
    return found + (check_successor(before, relief_type) if before else [])


def check_retired(relief_type) -> list[Problem]:
    """Refuse what still reads a retired field, option or column: it would always be blank, and the rule would lie."""
    gone = _retired(relief_type)
    if not gone:
        return []
    found = {}
    for use in uses(relief_type):
        label = gone.get(use.target)
        if label and use.group not in OWN and not use.place.startswith("program:") and not _inside_retired(relief_type, use.place):
            found.setdefault(use.place, Problem(use.place, f"{label}已停用，{use.label}还在使用它"))
    return list(found.values())


def _retired(relief_type):
    gone = {}
    for field in relief_type.fields.values():
        for target, item, label in (
            (("field", field.id), field, field.label),
            *((("column", field.id, column.id), column, f"{field.label}·{column.label}") for column in field.fields),
        ):
            if item.retired:
                gone[target] = f"字段“{label}”"
            for option in item.options:
                if option.retired and not item.retired:
                    gone["option", *target[1:], option.code] = f"“{label}”的选项“{option.label}”"
    return gone


def _inside_retired(relief_type, path):
    """Tell whether a path lies in a field that is retired itself: what it says has no effect."""
    if not path.startswith("sections[") or ".fields[" not in path:
        return False
    section, _, rest = path.removeprefix("sections[").partition("].fields[")
    place, _, more = rest.partition("]")
    field = relief_type.sections[int(section)].fields[int(place)]
    if more.startswith(".fields["):
        return field.retired or field.fields[int(more.removeprefix(".fields[").partition("]")[0])].retired
    return field.retired
