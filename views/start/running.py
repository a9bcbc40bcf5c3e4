"""For those who keep the program running and watched: accounts, refusals and reveals of the last day."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import audit, dates, policy
from adminapp.auth import users
from adminapp.startpage import MAIN, TILES, Asked, Line, Lines, Part, Tile, register

READ = 500
"""Entries of the log looked at; more in a day is said as 500+."""
KINDS = {
    "login_failed": _l("登录失败"),
    "denied": _l("被拒绝的访问"),
    "reveal": _l("查看完整信息"),
    "export": _l("导出"),
}


def accounts(asked: Asked):
    found = users.all_users()
    waiting = [user for user in found if user.active and user.must_change]
    asleep = [user for user in found if user.active and not user.row.get("last_login")]
    return [
        Tile(_("在用账户"), str(sum(user.active for user in found)), _("个"), link=("accounts.index", {})),
        Tile(_("已停用"), str(sum(not user.active for user in found)), _("个")),
        Tile(_("待改初始密码"), str(len(waiting)), _("个"), tone="wait" if waiting else ""),
        Tile(_("从未登录"), str(len(asleep)), _("个")),
    ]


def recent(asked: Asked):
    found = sorted(
        (user for user in users.all_users() if user.row.get("last_login")), key=lambda user: user.row["last_login"]
    )
    lines = tuple(
        Line(
            user.name,
            f"{user.username} · {'、'.join(_(label) for label in user.role_labels)}",
            _moment(user.row["last_login"]),
        )
        for user in found[::-1][:8]
    )
    return Lines(_("最近登录"), lines, nothing=_("还没有人登录。"), link=("accounts.index", {}))


def watched(asked: Asked):
    since = dates.now() - timedelta(days=1)
    tiles = []
    for kind, label in KINDS.items():
        count = sum(entry["at"] >= since for entry in audit.entries({"kind": kind}, limit=READ))
        tone = "wait" if kind in ("login_failed", "denied") and count else ""
        tiles.append(
            Tile(
                str(label),
                f"{READ}+" if count >= READ else str(count),
                _("次"),
                _("近 24 小时"),
                tone,
                ("audit.index", {"kind": kind}),
            )
        )
    return tiles


def _moment(at):
    return at.astimezone(dates.SHANGHAI).strftime("%m-%d %H:%M")


register(Part("accounts", TILES, 40, frozenset({policy.SYSADMIN}), accounts, _l("账户")))
register(Part("logins", MAIN, 50, frozenset({policy.SYSADMIN}), recent, _l("最近登录")))
register(Part("watched", TILES, 50, frozenset({policy.AUDITOR}), watched, _l("审计")))
