"""What happens to each award of the drill, and what it is owed for a month: plain arithmetic, so that it can judge the engine.

Places of months count from 0. An award is named by its number; the same number has the same fate in every drill.
"""

from dataclasses import dataclass

TYPES = ("dibao_rural", "tekun", "disability_nursing")
RAISE_ALL, RAISE_LATE, TOLD_LATE = 4, 6, 8
"""Months of a raise for all; of a raise of LATE_TYPE alone; and of the first list that knows of the latter."""
LATE_TYPE = TYPES[1]
STEP, LATE_STEP = 1500, 2300  # fen
WRONG_NAME, BANK_ERROR, SENT_BACK, PART = "户名不符", "系统原因", "退汇", "部分"
FATES = (WRONG_NAME, BANK_ERROR, SENT_BACK, PART)
"""What the bank answers where it does not credit all of it."""


@dataclass(frozen=True)
class Fate:
    """`start`: first month paid; `last`: month of death; `late`: the death is told a month late; `away`: two months of pause from
    then on; `moves`: month of another township. None: never."""

    number: int
    months: int
    start: int = 0
    last: int | None = None
    late: bool = False
    away: int | None = None
    moves: int | None = None

    @property
    def type(self) -> str:
        return TYPES[self.number % len(TYPES)]

    @property
    def base(self) -> int:
        return 21000 + self.number % 7 * 1100

    def amount(self, place: int) -> int:
        """Return the fen of a month in which the award runs."""
        late = LATE_STEP if self.type == LATE_TYPE and place >= RAISE_LATE else 0
        return self.base + (STEP if place >= RAISE_ALL else 0) + late

    def owed(self, place: int) -> int:
        """Return what is owed for a month by what is known in the end."""
        if place < self.start or (self.last is not None and place > self.last):
            return 0
        return 0 if self.away is not None and self.away <= place < self.away + 2 else self.amount(place)

    def overpaid(self) -> int:
        """Return what was paid for the month after a death that was told too late."""
        if self.last is None or not self.late or self.last + 1 >= self.months:
            return 0
        known = LATE_STEP if self.type == LATE_TYPE and RAISE_LATE <= self.last + 1 < TOLD_LATE else 0
        return self.amount(self.last + 1) - known

    def answer(self, place: int) -> str:
        """Return what the bank says of the month's transfer, "" for credited. The last list comes back whole, so that nothing stays open."""
        if self.last is not None or self.away is not None or place >= self.months - 1 or (self.number * 11 + place * 7) % 60:
            return ""
        return FATES[self.number // 2 % len(FATES)]


def fate_of(number: int, months: int) -> Fate:
    """Return the fate of an award in a drill of so many months."""
    kind, place = number % 23, 1 + number // 23 % max(1, months - 1)
    about = {}
    if kind == 1:
        about = {"start": place}
    elif kind in (2, 3):
        about = {"last": place - 1, "late": kind == 3 and place + 1 < months}
    elif kind == 4 and place + 2 < months:
        about = {"away": place}
    elif kind == 5:
        about = {"moves": place}
    return Fate(number, months, **about)
