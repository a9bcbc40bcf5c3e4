"""What a change does to the content of a case, as small operations on stored values: sealed values stay sealed.

An operation is one of
    {do: "set", values: {stored name: stored value}}        other values of declared fields
    {do: "add", field, rows: [stored rows]}                  rows that are added to a table
    {do: "remove", field, row}                               the row with this identity is taken out
    {do: "mark", field, row, column, value}                  one column of one row
The same operations can be laid over any earlier content of the case, which is how a change decided backwards counts for
the months in which the case still said something else.
"""


def revise(content: dict, operations: list[dict]) -> dict:
    """Return the content after the operations; what it does not touch is the same."""
    revised = dict(content)
    for item in operations:
        DOES[item["do"]](revised, item)
    return revised


def _set(content, item):
    for name, value in item["values"].items():
        if value in (None, "", []):
            content.pop(name, None)
        else:
            content[name] = value


def _add(content, item):
    known = {row["row"] for row in content.get(item["field"]) or ()}
    content[item["field"]] = [*(content.get(item["field"]) or ()), *(row for row in item["rows"] if row["row"] not in known)]


def _remove(content, item):
    content[item["field"]] = [row for row in content.get(item["field"]) or () if row["row"] != item["row"]]


def _mark(content, item):
    rows = content.get(item["field"]) or ()
    content[item["field"]] = [{**row, item["column"]: item["value"]} if row["row"] == item["row"] else row for row in rows]


DOES = {"set": _set, "add": _add, "remove": _remove, "mark": _mark}
