"""What actions change in the register of accounts; carried out when the outbox is drained."""

from adminapp.bank.payee import sources


def register_account(move, record):
    """Let the account of the case be registered: entered by who accepted it, seen by who confirmed it."""
    fields = sources(move.relief_type)
    if not fields["account"]:
        return
    case = move.case
    move.queue(
        "account", account=fields["account"], holder=fields["payee"], bank=fields["bank"], asked_by=case.accepted_by or move.actor.id,
        verified_by=case.confirmed_by or "",
    )  # fmt: skip


EFFECTS = (register_account,)
