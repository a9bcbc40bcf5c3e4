"""Short texts about a simulation."""

from flask_babel import gettext as _

from adminapp.simulation.plan import LIVE


def over_of(row: dict) -> str:
    """Say over which cases a simulation ran."""
    if row["over"] == LIVE:
        return _("现有全部案件，按 %(day)s", day=row["on"])
    return _("%(month)s 发放的待遇", month=row["over"])


def masked(number: str) -> str:
    """Return a case number without its serial: the place, type and year stay."""
    return f"{number[:-5]}*****" if len(number) > 5 else "*****"
