"""For those who declare: what is published, and which standards will begin to count."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, engine, policy
from adminapp.startpage import MAIN, SIDE, TILES, Asked, Line, Lines, Part, Tile, register

SHOWN = 8
POLICY = frozenset({policy.POLICY_ADMIN})


def tiles(asked: Asked):
    held = engine.current()
    return [
        Tile(_("救助类型"), str(len(held.registry.latest())), _("类"), link=("config.types", {})),
        Tile(_("标准"), str(len(held.standards.keys())), _("项"), link=("config.standards", {})),
    ]


def published(asked: Asked):
    found = sorted(engine.current().registry.latest().values(), key=lambda item: item.published, reverse=True)
    lines = tuple(
        Line(
            item.relief_type.name,
            dates.day_of(item.published).isoformat(),
            _("第 %(number)s 版", number=item.version),
            link=("config.relief_type", {"key": item.key}),
        )
        for item in found[:SHOWN]
    )
    return Lines(_("最近发布"), lines, nothing=_("还没有发布救助类型。"), link=("config.types", {}))


def coming(asked: Asked):
    """Return the values of standards that begin later than today, the nearest first."""
    table = engine.current().standards
    found = [
        (value.since, standard, value)
        for standard in (table.standard(key) for key in table)
        for value in standard.values
        if value.since > asked.today
    ]
    lines = tuple(
        Line(standard.label, _("%(day)s 起", day=since.isoformat()), str(value.value))
        for since, standard, value in sorted(found, key=lambda item: (item[0], item[1].key))[:SHOWN]
    )
    return Lines(_("将要生效的标准"), lines, nothing=_("没有将要生效的标准。"), link=("config.standards", {}))


register(Part("declared", TILES, 60, POLICY, tiles, _l("救助类型")))
register(Part("published", MAIN, 60, POLICY, published, _l("最近发布")))
register(Part("coming", SIDE, 60, POLICY, coming, _l("将要生效的标准")))
