"""The index of the designer: drafts in hand, types with what is published of each, the table of standards."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, drafts, policy
from views.designer.scene import state_label
from views.releases import way


def values(engine) -> dict:
    """Return what designer/index.html needs. No declaration is read: a hundred types must not cost a second."""
    found = drafts.listed(state=None)
    running = [draft for draft in found if draft.state not in CLOSED]
    by_key = {draft.key: draft for draft in running if draft.base or draft.kind == "standards"}
    may_edit = policy.permits("designer.begin", g.actor.roles)
    states = way.states_of_drafts() if policy.permits("releases.index", g.actor.roles) else {}
    published = sorted(engine.registry.latest().values(), key=lambda one: (one.group, one.code))
    return {
        "drafts": [_draft_row(draft, states.get(draft.id)) for draft in running],
        "types": [_type_row(one, by_key.get(one.key), may_edit) for one in published],
        "standards": by_key.get("standards"), "may_edit": may_edit,
    }  # fmt: skip


CLOSED = (drafts.DISCARDED, "published")


def _draft_row(draft, held):
    """Return the row of a draft; `held` is what its release says (views/releases/way.py), None while it is in none."""
    what = (
        draft.sort.title
        if draft.kind == "standards"
        else _("新类型")
        if not draft.base
        else _("修改第 %(n)s 版", n=draft.base)
    )
    moment = draft.updated.astimezone(dates.SHANGHAI)
    return {
        "id": draft.id,
        "url": url_for("designer.draft", draft_id=draft.id),
        "name": draft.title,
        "actions": [{"label": _("发布方案"), "url": held["url"]}] if held else [],
        "cells": {
            "name": {"text": draft.title or _("未命名"), "sub": draft.key},
            "what": what,
            "state": {"text": held["label"], "tone": held["tone"], "sub": held["number"]} if held else {"text": state_label(draft), "tone": "info"},
            "by": {"text": draft.by["name"], "sub": f"{moment:%Y-%m-%d %H:%M}"},
            "author": draft.author["name"],
        },
    }


def _type_row(one, draft, may_edit):
    actions = []
    if draft is not None:
        actions.append(
            {"label": _("继续修改") if may_edit else _("查看草稿"), "url": url_for("designer.draft", draft_id=draft.id)}
        )
    elif may_edit:
        actions.append({"label": _("修改"), "url": url_for("designer.begin", key=one.key), "post": True})
    return {
        "id": one.key,
        "url": url_for("config.relief_type", key=one.key),
        "name": one.name,
        "actions": actions,
        "cells": {
            "name": {"text": one.name, "sub": one.key},
            "group": one.group,
            "code": one.code,
            "version": _("第 %(number)s 版", number=one.version),
            "published": dates.day_of(one.published).isoformat(),
        },
    }
