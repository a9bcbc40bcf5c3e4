"""What the words of one notice are taken from: the case, its values, the stage record, the law of the day and the office."""

from dataclasses import dataclass

from adminapp.cases import CaseValues
from adminapp.declaration.model import ReliefType
from adminapp.legal_basis import LegalBasis, Office
from adminapp.notices.due import Due

CYCLES = {"month": ("每月", "按月"), "quarter": ("每季度", "按季"), "once": ("一次性", "一次性")}


@dataclass(frozen=True)
class View:
    """One notice about to be worded; `case` and `values` as they are on the day of the record."""

    case: object
    relief_type: ReliefType
    values: CaseValues
    due: Due
    law: LegalBasis
    office: Office

    @property
    def data(self) -> dict:
        return self.due.record["data"]

    @property
    def cycle(self):
        return CYCLES[self.relief_type.payment.cycle]

    def text(self, name, **names):
        return self.law.text(name, self.due.on, self.relief_type.programme, **names)

    def before(self, kind) -> dict:
        """Return the data of the last record of a kind before this notice's record."""
        last = {}
        for record in self.case.records:
            if record["id"] == self.due.record["id"]:
                break
            last = record["data"] if record["kind"] == kind else last
        return last
