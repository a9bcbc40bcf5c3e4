"""The side menu: what this person may open, in groups by work. One table; relief types come from what is published."""

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import divisions, engine, policy, worklist
from adminapp.auth import preferences
from views import counting
from views.cases import saved
from views.language import catalogue

GROUPS = [
    (
        _l("待办"),
        [
            ("home.index", _l("首页"), "home"),
            ("worklist.index", _l("我的待办"), "todo"),
            ("delegations.index", _l("外出委托"), "calendar"),
            ("notices.bulk", _l("批量打印文书"), "print"),
            ("jobs.index", _l("后台任务"), "play"),
        ],
    ),
    (_l("案件"), [("imports.index", _l("批量导入"), "upload")]),
    (
        _l("调查核对"),
        [
            ("leads.index", _l("主动发现"), "flag"),
            ("visits.index", _l("入户调查"), "map"),
            ("verification.index", _l("信息核对"), "shield"),
            ("meetings.index", _l("民主评议"), "people"),
            ("matching.index", _l("数据比对"), "copy"),
        ],
    ),
    (_l("公示"), [("postings.index", _l("公示"), "posting"), ("objections.index", _l("公示异议"), "flag")]),
    (_l("发放"), [
            ("payments.index", _l("发放批次"), "money"),
            ("funds.index", _l("资金申请"), "send"),
            ("reserve.index", _l("备用金"), "inbox"),
            ("corrections.index", _l("退汇更正"), "refresh"),
            ("bank_accounts.index", _l("收款账户"), "bank"),
            ("recoveries.index", _l("追缴"), "undo"),
            ("months.index", _l("月结"), "calendar"),
            ("awards.index", _l("享受名册"), "award"),
            ("ongoing.index", _l("动态管理"), "refresh"),
            ("raises.index", _l("标准调整"), "scale"),
        ]),
    (
        _l("监督"),
        [
            ("supervision.index", _l("抽查监督"), "eye"),
            ("warnings.index", _l("预警"), "alert"),
            ("lateness.index", _l("时限监督"), "clock"),
            ("inspection.index", _l("联合检查"), "scale"),
            ("complaints.index", _l("投诉举报"), "bell"),
            ("related.index", _l("近亲属备案"), "people"),
            ("audit.index", _l("审计日志"), "history"),
        ],
    ),
    (_l("报表"), [
            ("reports.index", _l("统计报表"), "chart"),
            ("evaluation.index", _l("试点评估"), "scale"),
            ("registers.index", _l("台账"), "rows"),
            ("archive.index", _l("档案"), "folder"),
        ]),
    (
        _l("配置"),
        [
            ("readiness.index", _l("上线准备"), "check"),
            ("divisions.index", _l("区划和机关"), "map"),
            ("designer.index", _l("设计器"), "edit"),
            ("config.types", _l("救助类型"), "blocks"),
            ("config.standards", _l("标准"), "scale"),
            ("holidays.index", _l("放假安排"), "calendar"),
            ("publicity.index", _l("公开设置"), "map"),
            ("bank_profiles.index", _l("银行文件格式"), "file"),
            ("releases.index", _l("发布方案"), "send"),
            ("simulations.index", _l("试算"), "chart"),
            ("packages.index", _l("配置包"), "download"),
            ("accounts.index", _l("账户"), "people"),
            ("tokens.index", _l("接口令牌"), "key"),
        ],
    ),
]
"""(title, [(endpoint, label, icon)]); an endpoint that does not exist or is not allowed is left out."""

CASES = "cases.index_view"
CASE_GROUP = 1
"""Place in GROUPS of the group that the relief types fill."""
FEW = 12
"""Types up to which every group of them stands open; above, only the one in use."""


def _work(actor):
    found = worklist.counts(actor)
    return found["todo"], "bad" if found["late"] else ""


OTHERS = {"auth": _l("登录和密码"), "cases": _l("案件"), "files": _l("材料")}
"""What screens that no entry leads to are called."""


COUNTS = {"worklist.index": _work}
"""{endpoint: function(actor) -> (number, tone)}: what stands beside an entry. Bounded counts only (views/counting.py)."""


class Menu:
    """Built when a page with a side menu asks for it: log-in and error pages do not pay for it."""

    def __iter__(self):
        return iter(build() if g.get("actor") else [])


def build() -> list[dict]:
    """Return [{title, items: [{label, url, icon, active, count, tone} or {label, icon, open, entries}]}] for the actor.

    Groups without items are left out.
    """
    groups = []
    for number, (title, entries) in enumerate(GROUPS):
        items = [_item(endpoint, label, icon) for endpoint, label, icon in entries if may_open(endpoint)]
        if number == CASE_GROUP and may_open(CASES):
            items = _pinned() + items + _types()
        if items:
            groups.append({"title": title, "items": items})
    return groups


def pages() -> list[dict]:
    """Return [{title, note, url, icon}]: everything of the menu by name, and the forms for new applications."""
    found = []
    for group in build():
        for item in group["items"]:
            entries = item.get("entries") or [item]
            found += [{"title": str(one["label"]), "note": str(group["title"]), "url": one["url"], "icon": one["icon"]} for one in entries]
    if may_open("cases.create_view"):
        found += [_new_case(each) for each in engine.current().registry.latest().values() if not each.retired]
    return found


def _new_case(published):
    name = published.relief_type.name
    url = url_for("cases.create_view", type_key=published.key)
    return {"title": name, "note": _("登记申请"), "url": url, "icon": "plus"}


def title_of(endpoint: str) -> str:
    """Return what the menu calls the screens an endpoint belongs to, "" when no entry leads there."""
    entries = [entry for _title, group in GROUPS for entry in group]
    same = [label for own, label, _icon in entries if own == endpoint]
    near = [label for own, label, _icon in entries if own.partition(".")[0] == endpoint.partition(".")[0]]
    return str((same or near or [OTHERS.get(endpoint.partition(".")[0], "")])[0])


def may_open(endpoint: str) -> bool:
    """Tell whether the endpoint exists and the actor's roles allow it."""
    return endpoint in current_app.view_functions and policy.permits(endpoint, g.actor.roles)


def _item(endpoint, label, icon, **values):
    same_type = (request.view_args or {}).get("type_key") == values.get("type_key")
    # The index of a blueprint stands for all its pages; another entry only for its own.
    within = endpoint.endswith((".index", ".index_view")) and request.blueprint == endpoint.rpartition(".")[0]
    here = (request.endpoint == endpoint or within) and same_type and not (endpoint == CASES and _open_view())
    item = {"label": label, "url": url_for(endpoint, **values), "icon": icon, "active": here}
    return item | (_count(endpoint) if endpoint in COUNTS else {})


def _count(endpoint):
    number, tone = counting.once_a_minute((endpoint, g.actor.id), lambda: COUNTS[endpoint](g.actor))
    return {"count": counting.shown(number, worklist.COUNT_TO) if number else "", "tone": tone}


def _pinned():
    """Return the saved views that the person wants in the menu."""
    return [{**each, "active": each["id"] == _open_view()} for each in saved.pinned(g.user, g.actor)]


def _open_view():
    """Return the id of the saved view that the page shows when it stands in the menu: its type is then not marked too."""
    asked = request.args.get("view") if request.endpoint == CASES else None
    return asked if asked in preferences.of(g.user).pins else None


def _types():
    """Return the relief types in the order of their codes, those of one group folded into it.

    A group of one type is that type.
    """
    published = sorted(engine.current().registry.latest().values(), key=lambda each: each.relief_type.code)
    groups = {}
    for each in published:
        group = each.relief_type.group or each.relief_type.name
        groups.setdefault(group, []).append(_item(CASES, each.relief_type.name, "case", type_key=each.key))
    few = len(published) <= FEW
    return [
        items[0]
        if len(items) == 1
        else {"label": title, "icon": "folder", "entries": items, "open": few or any(item["active"] for item in items)}
        for title, items in groups.items()
    ]


class UserMenu:
    """The menu under the person's name: [{label, url, icon, post}]."""

    def __iter__(self):
        if not g.get("actor"):
            return
        english = catalogue.is_english()
        yield {"label": _("修改密码"), "url": url_for("auth.change_password"), "icon": "key"}
        if not g.user.demo:
            yield {"label": _("两步验证"), "url": url_for("auth.set_up_second_factor"), "icon": "shield"}
        yield {"label": _("我的会话"), "url": url_for("auth.sessions"), "icon": "history"}
        dense = preferences.of(g.user).density == "dense"
        yield {
            "label": _("宽松显示") if dense else _("紧凑显示"),
            "url": url_for("preferences.choose_density"),
            "icon": "rows",
            "post": True,
            "name": "density",
            "value": "" if dense else "dense",
        }
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


def search_url(endpoint="search.index") -> str | None:
    return url_for(endpoint) if g.get("actor") and may_open(endpoint) else None
