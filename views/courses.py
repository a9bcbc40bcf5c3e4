"""What pages of postings, objections and complaints share: their history as a timeline."""

from flask_babel import gettext as _

from views.cases.history import moment


def history(entries) -> list[dict]:
    """Return the entries of a document's history for components/case.html: timeline, newest first."""
    return [
        {"title": _(item["what"]), "actor": item["by_name"], "at": moment(item["at"]), "iso": item["at"].isoformat(), "note": item["note"]}
        for item in reversed(entries)
    ]
