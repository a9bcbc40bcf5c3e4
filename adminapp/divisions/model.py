"""Townships and villages (区划) as values: one county's, immutable, asked by code, by name, on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from adminapp import dates
from adminapp.errors import Invalid

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12
"""Length of a code; the first digits of a code are the code of the division above."""


@dataclass(frozen=True, slots=True)
class Division:
    """A township (9-digit code) or village (12-digit code)."""

    code: str
    name: str
    old_names: tuple[str, ...] = ()
    """Names that still occur in papers and old data."""
    seat: bool = False
    weight: int = 0
    """Share of the demo people; 0 for villages. No statistics."""
    valid_from: date | None = None
    valid_to: date | None = None
    """First and last day the code is in use; None is open."""

    @property
    def is_village(self) -> bool:
        return len(self.code) == VILLAGE

    @property
    def is_community(self) -> bool:
        """A residents' committee (社区/居委会), last digits 001 to 199; villages (村委会) have 200 to 399."""
        return self.is_village and self.code[TOWNSHIP] in "01"

    def valid(self, on: date) -> bool:
        """Tell whether the code is in use on the day `on`."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Divisions:
    """All divisions of one county, immutable.

    `on` is a day and limits an answer to the codes in use then; None is today. Ended codes keep their name for ever,
    because old cases carry them.
    """

    def __init__(self, county_code: str, county_name: str, divisions: Iterable[Division]):
        self.county_code, self.county_name = county_code, county_name
        self._by_code = MappingProxyType({division.code: division for division in divisions})
        self._townships = tuple(one for one in self._by_code.values() if not one.is_village)
        villages = {township.code: [] for township in self._townships}
        for village in self._by_code.values():
            if village.is_village:
                villages[village.code[:TOWNSHIP]].append(village)
        self._villages = MappingProxyType({code: tuple(found) for code, found in villages.items()})

    def __iter__(self):
        """Yield every division in order of code, ended ones too: each township stands before its villages."""
        return iter(self._by_code.values())

    def townships(self, on: date | None = None) -> list[Division]:
        """Return the townships in order of code."""
        return _in_use(self._townships, on)

    def villages(self, township: str, on: date | None = None) -> list[Division]:
        """Return the villages of a township in order of code; none for an unknown township."""
        return _in_use(self._villages.get(township, ()), on)

    def get(self, code: str) -> Division:
        """Return the division, ended or not. Raise Invalid for a code that never existed."""
        if code not in self._by_code:
            raise Invalid(f"没有区划代码“{code}”。")
        return self._by_code[code]

    def name_of(self, code: str) -> str:
        """Return the name of a township or village; an unknown code is shown as it is, an empty one as nothing."""
        if code == self.county_code:
            return self.county_name
        return self._by_code[code].name if code in self._by_code else code or ""

    def full_name(self, code: str) -> str:
        """Return the name with those above, as in an address: 凤凰县廖家桥镇某某村."""
        if code not in self._by_code:
            return self.name_of(code)
        above = self.name_of(code[:TOWNSHIP]) if len(code) == VILLAGE else ""
        return self.county_name + above + self._by_code[code].name

    def township_of(self, village: str) -> str:
        """Return the code of the township a village lies in; of a township, its own. Raise Invalid if unknown."""
        return self.get(village).code[:TOWNSHIP]

    def is_community(self, code: str) -> bool:
        """Tell whether the code is a community (社区); False for a village, a township or an unknown code."""
        return code in self._by_code and self._by_code[code].is_community

    def exists(self, code: str, on: date | None = None) -> bool:
        """Tell whether the code of a township or village is in use."""
        return code in self._by_code and self._by_code[code].valid(on or dates.today())

    def find(self, name: str, township: str | None = None) -> list[Division]:
        """Return the divisions with this name or old name, ended ones too; with `township` only its villages."""
        within = self._by_code.values() if township is None else self._villages.get(township, ())
        return [one for one in within if name == one.name or name in one.old_names]

    def township_choices(self, on: date | None = None) -> list[tuple[str, str]]:
        """Return (code, name) of the townships, for a select field."""
        return [(one.code, one.name) for one in self.townships(on)]

    def village_choices(self, township: str, on: date | None = None) -> list[tuple[str, str]]:
        """Return (code, name) of a township's villages, for a select field."""
        return [(one.code, one.name) for one in self.villages(township, on)]

    def grouped_choices(self, on: date | None = None, only: Iterable[str] | None = None) -> dict:
        """Return {township name: [(village code, name)]}, for a select field with groups.

        `only` is the codes of the townships wanted: None is all, an empty one is none.
        """
        wanted = None if only is None else set(only)
        shown = [one for one in self.townships(on) if wanted is None or one.code in wanted]
        return {one.name: self.village_choices(one.code, on) for one in shown}


def _in_use(divisions, on):
    on = on or dates.today()
    return [division for division in divisions if division.valid(on)]
