"""The table of standards: a row says what holds today and what comes; opened it shows every dated value with its source."""

from flask_babel import gettext as _

from adminapp import dates, standards
from adminapp.declaration.uses import uses_of
from adminapp.drafts.standards_draft import StandardValue
from adminapp.errors import Invalid
from views.designer.pages import Page


class StandardsPage(Page):
    """A value that was in force stays as it is; a raise is one more value, also one with a date that has passed."""

    def own(self):
        found = super().own()
        for sheet in found["sheets"]:
            sheet.sorted = True
            for card in sheet.cards:
                self._arrange(card)
        return found

    def _arrange(self, card):
        card.fixed = self._stays(card.place)
        values = self._values(card.place)
        card.brief = self._brief(card.place, values)
        if not card.open:
            return
        for inner in card.sheets:
            inner.sorted, inner.help = True, _("按日期各管一段：已经生效的不能改，要调整就添加一个数值，写上从哪一天起和依据的文件。")
            for line in inner.cards:
                line.fixed = self._stays(line.place)
        card.note = "\n".join(filter(None, (self._past(values), self._readers(card.place.node.get("key", "")))))

    def _stays(self, place) -> bool:
        try:
            self.scene.draft.locks.on_removal(place, self.scene.places)
        except Invalid:
            return True
        return False

    def _values(self, place):
        """Return the dated values of a standard, oldest first; those without a date are left out."""
        found = [one for one in self.scene.places.values() if one.owner == place.key and one.cls is StandardValue]
        return sorted((one for one in found if one.node.get("from")), key=lambda one: one.node["from"])

    def _brief(self, place, values):
        today, unit = dates.today().isoformat(), standards.UNITS.get(place.node.get("unit", ""))
        past = [one for one in values if one.node["from"] <= today]
        told = [(_("现行"), _("%(value)s，自 %(day)s", value=_shown(past[-1], unit), day=past[-1].node["from"]))] if past else []
        told += [(_("自 %(day)s 起", day=one.node["from"]), _shown(one, unit)) for one in values if one.node["from"] > today]
        if new := sum(not self.scene.draft.locks.is_published(one, self.scene.places) for one in values):
            told.append(("", _("新增 %(n)s 个数值", n=new) if self.scene.draft.locks.is_published(place, self.scene.places) else _("新标准")))
        return told

    def _past(self, values) -> str:
        """Say what a new value with a past date does."""
        today, locks = dates.today().isoformat(), self.scene.draft.locks
        days = [one.node["from"] for one in values if one.node["from"] <= today and not locks.is_published(one, self.scene.places)]
        if not days or not locks.published:
            return ""
        return _(
            "%(day)s 已经过去：这是追溯调整。已作出的决定不会被改写；发布前先试算，看哪些户要补发或少发、各多少。", day=min(days)
        )

    def _readers(self, key) -> str:
        """Name the published types whose rules read a standard."""
        latest = self.scene.engine.registry.latest().values()
        names = [one.name for one in latest if key and uses_of(one.relief_type, ("standard", key))]
        return _("用到它的类型：%(names)s。", names="、".join(names)) if names else ""


def _shown(place, unit) -> str:
    value = place.node.get("value", "")
    try:
        return unit.shown(unit.read(value)) if unit else value
    except Invalid:
        return value or _("未填")
