"""The screen of a new type: what it is called and what it begins with."""

from adminapp.drafts.beginnings import LONGEST_NAME, templates


def values(engine, form) -> dict:
    published = sorted(engine.registry.latest().values(), key=lambda one: one.code)
    return {
        "templates": list(templates().values()),
        "types": [(one.key, one.name) for one in published],
        "longest": LONGEST_NAME,
        "form": form,
    }
