"""What actions change in the register of accounts; carried out when the outbox is drained."""

from adminapp.bank.payee import sources


def register_account(move, record):
    """Let the account of the case be registered: entered by who accepted it, seen by who confirmed it."""
    queue_account(move, move.case.accepted_by or move.actor.id, move.case.confirmed_by or "")


def queue_account(move, asked_by: str, verified_by: str):
    """Queue the registration of the account as it stands on the case; nothing where the type has none."""
    fields = sources(move.relief_type)
    if fields["account"]:
        about = {"account": fields["account"], "holder": fields["payee"], "bank": fields["bank"]}
        move.queue("account", **about, asked_by=asked_by, verified_by=verified_by)


EFFECTS = (register_account,)
