"""The help texts: topics by screen, duties by role, words and keys. Data beside this module, read once and checked.

A topic is one screen group: `screens` are the blueprints it explains, `open` is where it leads. A role is its duty, the
usual order of its work and what it never does. All problems of the files are reported together.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from flask_babel import lazy_gettext as _l

from adminapp import policy
from adminapp.words import nearest

FOLDER = Path(__file__).parent
GROUPS = {
    "work": _l("待办"), "cases": _l("案件"), "survey": _l("调查核对"), "posting": _l("公示"),
    "money": _l("发放"), "watch": _l("监督和报表"), "setup": _l("配置"),
}  # fmt: skip
"""{file in pages/: title}, in the order of the menu."""


class HelpProblems(ValueError):
    """Help files that do not fit together; the message names each place."""


@dataclass(frozen=True)
class Topic:
    """`open` is the endpoint of the screen, "" when it has none of its own; `see` are keys of other topics."""

    key: str
    title: str
    what: str
    group: str
    screens: tuple[str, ...]
    open: str = ""
    do: tuple[str, ...] = ()
    mind: tuple[str, ...] = ()
    see: tuple[str, ...] = ()

    def readers(self) -> list[str]:
        """Return the roles that may open the screen, or any page of it when it has no first one, in the order of the policy table."""
        opens = self.open and {self.open} or {endpoint for endpoint in policy.POLICY if endpoint.partition(".")[0] in self.screens}
        rules = [policy.POLICY[endpoint] for endpoint in opens if endpoint in policy.POLICY]
        return [role for role in policy.ROLES if any(rule.roles and role in rule.roles for rule in rules)]


@dataclass(frozen=True)
class Role:
    """`days`: [{do, topic}] in the usual order."""

    key: str
    duty: str
    days: tuple[dict, ...]
    never: str

    @property
    def label(self) -> str:
        return policy.ROLES[self.key]


@cache
def topics() -> dict[str, Topic]:
    """Return the topics by key, in the order of the menu. Raise HelpProblems with everything that is wrong."""
    read = [{"group": name, **row} for name in GROUPS for row in _read(f"pages/{name}.yaml")]
    known = Topic.__annotations__
    problems = [f"{row.get('key')}: unknown {word!r}{nearest(word, known)}" for row in read for word in row if word not in known]
    keys = [row.get("key") for row in read]
    problems += [f"{key}: stands twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    problems += [f"{row['key']}: sees {key!r}{nearest(key, keys)}" for row in read for key in row.get("see", ()) if key not in keys]
    if problems:
        raise HelpProblems("; ".join(problems))
    return {row["key"]: Topic(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}) for row in read}


@cache
def roles() -> dict[str, Role]:
    """Return the roles by key, in the order of the policy table."""
    read = _read("roles.yaml")
    problems = [f"roles: {key!r} unknown{nearest(key, policy.ROLES)}" for key in read if key not in policy.ROLES]
    leads = [(key, day["topic"]) for key, row in read.items() for day in row["days"]]
    problems += [f"{key}: leads to {topic!r}{nearest(topic, topics())}" for key, topic in leads if topic not in topics()]
    if problems:
        raise HelpProblems("; ".join(problems))
    return {key: Role(key, read[key]["duty"], tuple(read[key]["days"]), read[key]["never"]) for key in policy.ROLES if key in read}


@cache
def words() -> list[dict]:
    """Return the glossary: [{word, means, short}], in the order of the work."""
    return _read("words.yaml")


@cache
def keys() -> list[dict]:
    """Return the keys: [{title, keys: [{press: [text], together, does}]}]."""
    return _read("keys.yaml")


@cache
def by_screen() -> dict[str, str]:
    """Return {blueprint: key of the topic that explains it}."""
    return {screen: topic.key for topic in topics().values() for screen in topic.screens}


def topic_of(endpoint: str | None) -> Topic | None:
    """Return the topic that explains the screen, None when none does."""
    return topics().get(by_screen().get((endpoint or "").partition(".")[0], ""))


def _read(name):
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))
