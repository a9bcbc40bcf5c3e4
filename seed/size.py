"""Which county the demo makes: how many households, of which seed, seen on which day."""

from dataclasses import dataclass
from datetime import date

from adminapp import divisions
from seed.accounts import SMALL
from seed.people import households

HOUSEHOLDS = 15_000
"""Of the county at scale 1: about 45,000 persons."""
SMALL_SCALE = 0.1
"""Below it the people live in two townships, so that each has something to do."""
RARE = {"orphan": 34, "centenarian": 34, "skipped_generation": 40, "old_alone": 40}
"""Households added whatever the scale, so that rare types too have a case in every state."""


@dataclass(frozen=True)
class County:
    """What decides everything else."""

    scale: float
    seed: int
    on: date

    @property
    def count(self) -> int:
        return max(1, round(HOUSEHOLDS * self.scale))

    @property
    def small(self) -> bool:
        return self.scale < SMALL_SCALE

    @property
    def townships(self) -> tuple[str, ...]:
        return SMALL if self.small else tuple(item.code for item in divisions.townships(self.on))

    def households(self):
        extra = [shape for shape, count in RARE.items() for _ in range(count)]
        return households(self.count, self.seed, on=self.on, townships=self.townships, extra=extra)
