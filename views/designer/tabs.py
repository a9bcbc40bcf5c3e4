"""The tabs of a draft. Other screen groups add theirs; a tab is an endpoint that takes `draft_id`."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _l

from adminapp import policy
from adminapp.drafts.content import types_of


@dataclass(frozen=True)
class Tab:
    """`keys` are the properties of the declaration that are edited there, as paths of the root; `kinds` the kinds of drafts it is for."""

    key: str
    label: object
    endpoint: str = "designer.draft"
    kinds: frozenset = frozenset({"type"})
    keys: tuple[str, ...] = ()

    def url(self, draft) -> str:
        more = {"tab": self.key} if self.endpoint == "designer.draft" else {}
        return url_for(self.endpoint, draft_id=draft.id, **more)


TABS: dict[str, Tab] = {}


def add(key: str, label, endpoint: str = "designer.draft", kinds=("type",), keys=()):
    """Add a tab behind those there are; adding a key twice is an error."""
    if key in TABS:
        raise ValueError(f"designer tab {key!r} is added twice")
    TABS[key] = Tab(key, label, endpoint, frozenset(kinds), tuple(keys))


add(
    "head",
    _l("基本信息"),
    keys=("name", "title", "summary", "group", "code", "key", "programme", "applies_at", "protected", "legal_basis"),
)
add("form", _l("表单"), keys=("sections", "validation", "survey"))
add("rules", _l("资格与金额"), keys=("household", "eligibility", "amount", "requires", "excludes"))
add("flow", _l("流程与时限"), keys=("steps", "confirm", "clocks", "verification"))
add("papers", _l("材料与文书"), keys=("documents", "notices"))
add("pay", _l("公示与发放"), keys=("posted", "payment", "review", "refusal_reasons", "end_reasons"))
add("other", _l("其他"))
add("golden", _l("样例"), "golden.show")
add("standards", _l("标准"), kinds=("standards",), keys=("standards",))


def of(draft, roles, rest=()) -> list[Tab]:
    """Return the tabs of a draft that somebody with these roles may open; `rest` are properties that stand on no other tab."""
    return [
        tab
        for tab in TABS.values()
        if draft.kind in tab.kinds and policy.permits(tab.endpoint, roles) and (tab.key != "other" or rest)
    ]


def names_of(tab: str, draft) -> tuple[str, ...]:
    """Return the properties of the root that are edited on a tab; those that stand nowhere are on "other"."""
    known = types_of(draft.sort.model)
    return tuple(name for name in known if tab_of(name) == "other") if tab == "other" else TABS[tab].keys


def tab_of(name: str) -> str:
    """Return the key of the tab on which a property of the root is edited."""
    top = name.partition(".")[0].partition("[")[0]
    return next((tab.key for tab in TABS.values() if top in tab.keys), "other")
