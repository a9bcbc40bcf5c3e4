"""The start page: what the registered parts give, as the templates show it."""

from flask import current_app, g, url_for

from adminapp import policy
from adminapp.startpage import Failed, Figures, Lines
from views.start import county, declared, paying, running, work
from views.start.charts import bars, columns

__all__ = ["county", "declared", "paying", "running", "show", "work"]


def show(part) -> dict:
    """Return a tile or panel for components/dashboard.html: links as addresses, numbers as text, pictures drawn."""
    if isinstance(part, Failed):
        return {"kind": "failed", "title": part.title}
    shown = {"title": getattr(part, "title", ""), "hint": getattr(part, "hint", ""), "url": address(part.link)}
    if isinstance(part, Figures):
        picture = {"bars": bars, "columns": columns}.get(part.kind)
        rows = [_row(part, row) for row in part.rows]
        return shown | {
            "kind": part.kind,
            "head": part.head,
            "columns": part.columns,
            "rows": rows,
            "picture": picture(part, [row["url"] for row in rows]) if picture else None,
            "sums": [_text(part, sum(column)) for column in zip(*(row.values for row in part.rows), strict=True)],
        }
    if isinstance(part, Lines):
        lines = [
            {"title": line.title, "note": line.note, "state": line.state, "tone": line.tone, "url": address(line.link)}
            for line in part.lines
        ]
        return shown | {"kind": "lines", "lines": lines, "nothing": part.nothing}
    return {
        "label": part.label,
        "value": part.value,
        "unit": part.unit,
        "sub": part.note,
        "tone": part.tone,
        "url": shown["url"],
    }


def address(link) -> str | None:
    """Return the address of a link, None when there is none or the actor may not open it."""
    if link is None or link[0] not in current_app.view_functions or not policy.permits(link[0], g.actor.roles):
        return None
    return url_for(link[0], **link[1])


def _row(part, row):
    links = row.links or (None,) * len(row.values)
    cells = [
        {"text": _text(part, value) if value else "", "url": address(link)}
        for value, link in zip(row.values, links, strict=True)
    ]
    return {"label": row.label, "url": address(row.link), "cells": cells}


def _text(part, value):
    from adminapp.money import format_yuan

    return format_yuan(value) if part.money else f"{value:,}"
