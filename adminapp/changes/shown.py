"""A change in words, for the officer who confirms it and for the log: masked as everywhere else."""

from adminapp import disclosure, divisions
from adminapp.fields import KINDS
from adminapp.fields.table import read


def listed(move, operations: list[dict], village: str = "") -> list[dict]:
    """Return ``[{field, label, before, after}]`` of what operations change on the case as it stands."""
    fields = {field.stored: field for field in move.relief_type.fields.values()}
    now, found = move.stored(), []
    for item in operations:
        if item["do"] == "set":
            for name, value in item["values"].items():
                found += _compared(fields[name], now.get(name), value)
        else:
            found += ROWS[item["do"]](fields[item["field"]], now.get(item["field"]) or [], item)
    if village:
        found.append({"field": "village", "label": "所在村（社区）", "before": divisions.full_name(now["village"]), "after": divisions.full_name(village)})
    return found


def _compared(field, before, after):
    if field.fields:
        return list(_rows_compared(field, before or [], after or []))
    return [_item(field, _text(field, before), _text(field, after))]


def _rows_compared(field, before, after):
    old, new = {row["row"]: row for row in before}, {row["row"]: row for row in after}
    for key, row in new.items():
        if key not in old:
            yield from _added(field, before, {"rows": [row]})
    for key, row in old.items():
        if key not in new:
            yield _row_item(field, row, "", "减少", before=True)
            continue
        for column in field.fields:
            one, other = _text(column, row.get(column.id)), _text(column, new[key].get(column.id))
            if one != other:
                label = f"{field.label}·{_name(row)}·{column.label}"
                yield {"field": field.id, "label": label, "before": one, "after": other}


def _added(field, rows, item):
    return [_row_item(field, row, "增加", "") for row in item["rows"]]


def _removed(field, rows, item):
    return [_row_item(field, row, "", "减少", before=True) for row in rows if row["row"] == item["row"]]


def _marked(field, rows, item):
    column = field.column_ids[item["column"]]
    for row in rows:
        if row["row"] == item["row"]:
            label = f"{field.label}·{_name(row)}·{column.label}"
            yield {"field": field.id, "label": label, "before": _text(column, row.get(column.id)), "after": _text(column, item["value"])}


ROWS = {"add": _added, "remove": _removed, "mark": _marked}


def _row_item(field, row, added, removed, before=False):
    relation = field.column_ids.get("relation")
    who = f"{_name(row)}（{_text(relation, row.get('relation'))}）" if relation and row.get("relation") else _name(row)
    return {"field": field.id, "label": f"{field.label}{added or removed}", "before": who if before else "", "after": "" if before else who}


def _name(row):
    return read(row, "name") or read(row, "obligor_name") or "一行"


def _item(field, before, after):
    return {"field": field.id, "label": field.label, "before": before, "after": after}


def _text(field, value):
    """Return a stored value as text, masked where the case page masks it."""
    if value in (None, "", []):
        return ""
    kind = KINDS[field.kind]
    text = kind.text(kind.from_store(value, field), field)
    return kind.mask(text) if disclosure.class_of(field) in disclosure.HIDDEN else text
