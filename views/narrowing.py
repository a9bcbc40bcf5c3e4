"""What a list can be narrowed by: the selects of its filters and the chips of what is chosen, both from one description."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One select. `name` is that of the address, `options` are {value: label}, `chosen` is "" for all."""

    name: str
    label: str
    options: Mapping[str, str]
    chosen: str = ""


def filters(choices: Iterable[Choice]) -> list[dict]:
    """Return what components/list.html wants for the selects."""
    return [
        {"name": one.name, "label": one.label, "kind": "select", "value": one.chosen,
         "options": [{"value": value, "label": label, "selected": value == one.chosen} for value, label in one.options.items()]}
        for one in choices
    ]  # fmt: skip


def chips(choices: Iterable[Choice], without: Callable[[str], str]) -> list[dict]:
    """Return what components/list.html wants for the chips; `without(name)` is the address of the list that is not narrowed by it."""
    return [
        {"label": one.label, "value": one.options[one.chosen], "remove_url": without(one.name)}
        for one in choices
        if one.chosen in one.options
    ]
