"""The side menu: what this person may open, in groups by work. One table; relief types come from what is published."""

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import divisions, engine, policy

GROUPS = [
    (
        _l("待办"),
        [
            ("worklist.index", _l("我的待办"), "todo"),
            ("notices.bulk", _l("批量打印文书"), "print"),
            ("jobs.index", _l("后台任务"), "play"),
        ],
    ),
    (_l("案件"), []),
    (_l("公示"), [("postings.index", _l("公示"), "posting")]),
    (_l("发放"), [("payments.index", _l("发放批次"), "money"), ("awards.index", _l("享受名册"), "award")]),
    (
        _l("监督"),
        [
            ("supervision.index", _l("抽查监督"), "eye"),
            ("related.index", _l("近亲属备案"), "people"),
            ("audit.index", _l("审计日志"), "history"),
        ],
    ),
    (_l("报表"), [("reports.index", _l("统计报表"), "chart")]),
    (
        _l("配置"),
        [
            ("config.types", _l("救助类型"), "blocks"),
            ("config.standards", _l("标准"), "scale"),
            ("accounts.index", _l("账户"), "people"),
        ],
    ),
]
"""(title, [(endpoint, label, icon)]); an endpoint that does not exist or is not allowed is left out."""

CASES = "cases.index_view"


class Menu:
    """Built when a page with a side menu asks for it: log-in and error pages do not pay for it."""

    def __iter__(self):
        return iter(build() if g.get("actor") else [])


def build() -> list[dict]:
    """Return [{title, items: [{label, url, icon, active}]}] for the actor; groups without items are left out."""
    groups = []
    for number, (title, entries) in enumerate(GROUPS):
        items = [_item(endpoint, label, icon) for endpoint, label, icon in entries if may_open(endpoint)]
        if items:
            groups.append({"title": title, "items": items})
        if number == 1 and may_open(CASES):
            groups += _types()
    return groups


def may_open(endpoint: str) -> bool:
    """Tell whether the endpoint exists and the actor's roles allow it."""
    return endpoint in current_app.view_functions and policy.permits(endpoint, g.actor.roles)


def _item(endpoint, label, icon, **values):
    same_type = (request.view_args or {}).get("type_key") == values.get("type_key")
    # The index of a blueprint stands for all its pages; another entry only for its own.
    within = endpoint.endswith((".index", ".index_view")) and request.blueprint == endpoint.rpartition(".")[0]
    here = (request.endpoint == endpoint or within) and same_type
    return {"label": label, "url": url_for(endpoint, **values), "icon": icon, "active": here}


def _types():
    """Return a group for each group of relief types, in order of their codes."""
    published = sorted(engine.current().registry.latest().values(), key=lambda each: each.relief_type.code)
    groups = {}
    for each in published:
        groups.setdefault(each.relief_type.group or _("案件"), []).append(
            _item(CASES, each.relief_type.name, "case", type_key=each.key)
        )
    return [{"title": title, "items": items} for title, items in groups.items()]


class UserMenu:
    """The menu under the person's name: [{label, url, icon, post}]."""

    def __iter__(self):
        if not g.get("actor"):
            return
        english = request.cookies.get("lang") == "en"
        yield {"label": _("修改密码"), "url": url_for("auth.change_password"), "icon": "key"}
        if not g.user.demo:
            yield {"label": _("两步验证"), "url": url_for("auth.set_up_second_factor"), "icon": "shield"}
        yield {"label": _("我的会话"), "url": url_for("auth.sessions"), "icon": "history"}
        yield {
            "label": "中文" if english else "English",
            "url": url_for("auth.choose_language", code="zh" if english else "en"),
            "icon": "map",
            "post": True,
        }
        yield {"label": _("退出"), "url": url_for("auth.logout"), "icon": "out", "post": True}


def note() -> str:
    """Return what stands under the person's name: role and place."""
    user = g.get("user")
    if not user or not user.is_authenticated:
        return ""
    place = "、".join(divisions.name_of(code) for code in user.townships[:2])
    return " ".join(filter(None, [place, "、".join(_(label) for label in user.role_labels)]))


def site_name() -> str:
    return _("社会救助管理")


def search_url() -> str | None:
    return url_for("search.index") if g.get("actor") and may_open("search.index") else None
