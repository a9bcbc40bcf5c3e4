"""Notices of what becomes of an award: another amount, a pause, the end."""

from adminapp import dates
from adminapp.awards.entries import CAUSES
from adminapp.money import format_yuan, in_words
from adminapp.notices.view import View
from adminapp.notices.wording import clause_text, month_text, sentence
from adminapp.workflow.actions.award import SUSPENDED_FOR
from adminapp.workflow.asked import DEFAULT_ENDS


def adjustment(view: View):
    change = view.data
    new, old = change["new_amount"], change["old_amount"]
    texts = {
        "reason": sentence(change.get("reason") or CAUSES.get(change["kind"], "")),
        "old_amount": f"{view.cycle[0]}{format_yuan(old)}元",
        "amount": f"{view.cycle[0]}{format_yuan(new)}元",
        "amount_words": in_words(new),
        "start": month_text(change["from_month"]),
    }
    rows = [["原金额", "", format_yuan(old)]]
    rows += [[item["label"], _difference(item), ""] for item in change.get("changes") or ()]
    rows.append([CAUSES.get(change["kind"], "调整"), "", format_yuan(new - old)])
    return texts, {"terms": [*rows, ["调整后金额", "", format_yuan(new)]]}


def _difference(item) -> str:
    return (
        f"{item['before']} → {item['after']}" if item["before"] and item["after"] else item["after"] or item["before"]
    )


def suspension(view: View):
    """Who is paused reads why, from which month, and how it goes on: nobody loses the award by it."""
    code = view.data.get("code")
    label = next((option.label for option in SUSPENDED_FOR if option.code == code), "")
    reason = sentence(view.data.get("reason"))
    return {
        "reason": f"{label}。{reason}" if label else reason,
        "stop": month_text(view.data["from_month"]),
        "resuming": view.text("resuming_life" if code == "life" else "resuming", agency=view.office.name),
    }, {}


def termination(view: View):
    proposal = view.before("termination_proposal")
    label = next((item.label for item in view.relief_type.end_reasons if item.code == proposal.get("code")), "")
    if not label:
        label = DEFAULT_ENDS.get(proposal.get("code"), "")
    reason = sentence(proposal.get("reason"), clause_text(view.data.get("clause")))
    return {
        "reason": f"{label}。{reason}" if label else reason,
        "stop": month_text(view.data.get("stop") or dates.add_months(proposal["last_month"], 1)),
    }, {}
