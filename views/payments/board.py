"""The blueprint of payment lists, and what the screens of one batch share: its heading and its tabs."""

from flask import Blueprint, abort, g, url_for
from flask_babel import gettext as _

from adminapp import policy
from adminapp.payments import batches, timetable
from adminapp.payments.returns import model as returns
from views.asked import shown_rev
from views.jobs import RESULTS

blueprint = Blueprint("payments", __name__, url_prefix="/payments")

GONE = (batches.CLOSED, batches.ABORTED)
TABS = {
    "show": ("payments.show", "概况"),
    "lines": ("payments.lines", "明细"),
    "variance": ("payments.variance", "变化"),
    "returns": ("payments.returns", "回盘"),
}
"""The screens of a batch: endpoint and label, in order."""

HAS = {"variance": lambda batch: batch["variance"], "returns": lambda batch: batch["state"] in returns.ANSWERED}
"""What a batch must have for a screen to be there."""


def batch_url(job: dict) -> str:
    return url_for("payments.show", batch_id=job["args"]["batch"])


def return_url(return_id: str) -> str:
    """Return the address of a return file."""
    batch_id, _slash, key = return_id.rpartition("/")
    return url_for("payments.returned", batch_id=batch_id, return_key=key)


for _kind in (batches.BUILD, batches.SEAL):
    RESULTS[_kind] = batch_url
for _kind in (returns.CHECK, returns.APPLY):
    RESULTS[_kind] = lambda job: return_url(job["args"]["return"])


def seen_rev() -> int:
    """Return the revision the person saw, from the posted form; 400 for anything else."""
    rev = shown_rev()
    if rev < 0:
        abort(400)
    return rev


def frame(batch: dict, tab: str) -> dict:
    """Return what payments/frame.html wants: the batch, its title, state, days and tabs, `tab` being the open one."""
    return {
        "batch": batch, "title": batches.title_of(batch),
        "state": {"label": _(batches.STATES[batch["state"]]), "tone": batches.TONES[batch["state"]]},
        "days": [] if batch["state"] in GONE else _days(batch),
        "tabs": [
            {"label": _(label), "url": url_for(endpoint, batch_id=batch["_id"]), "active": key == tab}
            for key, (endpoint, label) in TABS.items()
            if policy.permits(endpoint, g.actor.roles) and HAS.get(key, bool)(batch)
        ],
    }  # fmt: skip


def _days(batch):
    """Return until when decisions count, and by when the money has to be there."""
    days = {known for known in batch["known"].values() if isinstance(known, str)}
    found = [_("列入 %(day)s 及以前的决定", day=max(days))] if days else []
    return [*found, _("应于 %(day)s 前到账", day=timetable.paid_by(batch["month"]))]
