"""Who acts in the demo county: the demo accounts as actors; an account's id is its username."""

from adminapp.scope import ALL, Actor
from seed.accounts import COUNTY_ACCOUNTS, Account, accounts


def actor_of(account: Account) -> Actor:
    return Actor(
        account.username,
        account.name,
        frozenset({account.role}),
        frozenset({account.township}) if account.township else ALL,
        frozenset(account.villages) if account.villages else None,
    )


class Staff:
    """Finds who does what: by role for the county, by role and township below it."""

    def __init__(self, townships):
        self._actors = {(item.role, item.township): actor_of(item) for item in reversed(accounts(townships))}

    def of(self, role: str, township: str) -> Actor:
        return self._actors[role, "" if role in COUNTY_ACCOUNTS.values() else township]

    def officials(self, township: str) -> dict:
        """Return the persons responsible of a township (adminapp/workflow/responsible.py)."""
        head, deputy = self.of("township_head", township), self.of("township_deputy", township)
        return {"first": {"id": head.id, "name": head.name}, "deputies": [{"id": deputy.id, "name": deputy.name}]}
