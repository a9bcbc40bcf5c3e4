"""Which village a cell means, among those the actor may take cases in: by code, name, old name, or township with village."""

from adminapp import divisions
from adminapp.errors import Invalid
from adminapp.imports.columns import TOWNSHIP, VILLAGE
from adminapp.scope import Actor
from adminapp.words import nearest


class Places:
    def __init__(self, actor: Actor):
        self.names: dict[str, set[str]] = {}
        self._known: dict[tuple[str, str], str | None | Invalid] = {}
        for township in divisions.townships():
            for village in divisions.villages(township.code):
                if actor.reaches(township.code, village.code):
                    self._add(township, village)

    def _add(self, township, village):
        county = divisions.county().county_name
        for name in (village.name, *village.old_names):
            for spelling in (name, name.removesuffix("村"), name.removesuffix("社区")):
                for before in ("", *(each for town in (township.name, *township.old_names) for each in (town, county + town))):
                    self.names.setdefault(before + spelling, set()).add(village.code)
        self.names.setdefault(village.code, set()).add(village.code)

    def read(self, texts: dict[str, str]) -> str | None:
        """Return the village code of a row's cells (target key → text), None when there is none. Raise Invalid."""
        asked = texts.get(TOWNSHIP, ""), texts.get(VILLAGE, "")
        if asked not in self._known:
            try:
                self._known[asked] = self._find("".join(asked[0].split()), "".join(asked[1].split()))
            except Invalid as error:  # kept too: a wrong name may stand in every row
                self._known[asked] = error
        if isinstance(self._known[asked], Invalid):
            raise self._known[asked]
        return self._known[asked]

    def _find(self, township, village):
        if not village:
            return None
        found = self.names.get(township + village) or self.names.get(village) or set()
        if not found:
            raise Invalid(f"管辖范围内没有“{village[:30]}”这个村（社区）{nearest(village, [name for name in self.names if not name.isdigit()])}")
        if len(found) > 1:
            names = "、".join(sorted(divisions.full_name(code) for code in found)[:3])
            raise Invalid(f"有几个村（社区）叫“{village[:30]}”（{names}），请连乡镇一起写")
        return next(iter(found))
