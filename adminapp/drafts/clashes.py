"""When two people's operations touch the same thing: what each wrote, said so that the second one can choose."""

from adminapp.declaration.vocabulary import said, word
from adminapp.drafts.content import kind_of, value_at
from adminapp.errors import Conflict


class Clash(Conflict):
    """An operation that was not carried out, because somebody changed what it touches after its author looked.

    `mine` and `theirs` are the values as stored (None when the clash is not about a value), `item` and `name` the place.
    """

    def __init__(self, sentence, *, by, at, item="", name="", mine=None, theirs=None):
        super().__init__(sentence)
        self.by, self.at, self.item, self.name, self.mine, self.theirs = by, at, item, name, mine, theirs


def clash_of(done, since: list[dict], draft, parts) -> Clash | None:
    """Return the first clash of an operation's marks with those of later operations, None when it may be carried out."""
    taken = {mark.partition("@")[0] for mark in done.marks if mark.endswith("@gone")}
    for entry in reversed(since):
        for mark in entry["marks"]:
            key = mark.partition("@")[0].partition(".")[0]
            if key in taken:
                return _say(
                    f"“{_title(draft, key)}”刚刚被{entry['by']['name']}修改过，没有删除；请看过再决定。", entry, key
                )
            if mark in done.marks and "." in mark:
                return _values(draft, mark, entry, parts)
            if mark in done.marks and mark.endswith("@place"):
                return _say(f"“{_title(draft, key)}”刚刚被{entry['by']['name']}移动过，没有再移动。", entry, key)
    return None


def _values(draft, mark, entry, parts):
    key, _dot, name = mark.partition(".")
    place = draft.places[key]
    mine = next((part["value"] for part in parts if part.get("item") == key and part.get("name") == name), "")
    theirs = value_at(place.node, name)
    label = word(
        place.cls if "." not in name else kind_of(place.cls, name.rpartition(".")[0]), name.rpartition(".")[2]
    ).label
    place_text = f"“{place.title}”的{label}" if place.title else label
    shown = [_shown(place.cls, name, value) for value in (theirs, mine)]
    sentence = f"{entry['by']['name']}刚刚把{place_text}改成了{shown[0]}，您写的是{shown[1]}。"
    return Clash(sentence, by=entry["by"]["name"], at=entry["at"], item=key, name=name, mine=mine, theirs=theirs)


def _shown(cls, name, value):
    *way, last = name.split(".")
    cls = kind_of(cls, ".".join(way)) if way else cls
    text = "、".join(said(cls, last, one) for one in value) if isinstance(value, list) else said(cls, last, value)
    return f"“{text}”" if text else "空白"


def _title(draft, key):
    place = draft.places.get(key)
    return place.title if place else "这一项"


def _say(sentence, entry, key):
    return Clash(sentence, by=entry["by"]["name"], at=entry["at"], item=key)
