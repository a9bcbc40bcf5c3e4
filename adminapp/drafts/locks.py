"""What was published and may not change: ids and codes for ever, the kind of a field, a field or option itself (it is retired)."""

from adminapp.declaration.model import Field, Section
from adminapp.declaration.reader import shape
from adminapp.drafts.content import ROOT, Minter, Place, plant, walk
from adminapp.errors import Invalid

IDENTITY = ("id", "code", "step", "notice", "programme", "key")
"""Properties by which an item is known for ever: the first that its class has."""
ROOT_IDENTITY = ("key", "code", "programme")
TAKEN = "“{}”已经发布给另一项，不能再用；请另取一个。"


class Locks:
    """What a base version published. `base` is its mapping, None for a draft of something new."""

    def __init__(self, base: dict | None, cls):
        self.root, self.published = {}, {}
        if base is None:
            return
        content = plant(base, cls, Minter())
        places = {place.key: place for place in walk(content, cls)}
        self.root = {name: content.get(name) for name in ROOT_IDENTITY if name in shape(cls)}
        for place in places.values():
            identity = self.identity(place, places)
            if identity:
                self.published[identity] = place.node

    def identity_name(self, cls) -> str:
        """Return the property by which items of a class are known, "" for items without a name."""
        return next((name for name in IDENTITY if name in shape(cls)), "")

    def identity(self, place: Place, places) -> tuple | None:
        """Return what an item is known by in every version: its list and ids, of a column with its table; None without.

        A field is the same field in whatever section it stands.
        """
        name = self.identity_name(place.cls)
        own = place.node.get(name) if name else None
        return (
            None if place.key == ROOT or not own else self._full(place.cls, place.list_name, own, place.owner, places)
        )

    def _full(self, cls, list_name, own, owner, places):
        ids, owner = [own], places[owner]
        while owner.key != ROOT and owner.cls is Field:
            ids.insert(0, owner.node.get("id", ""))
            owner = places[owner.owner]
        if owner.cls is Section:  # fields of the application and of the visit have ids of their own
            list_name = f"{owner.list_name}.{list_name}"
        return (cls.__name__, list_name, *ids)

    def is_published(self, place: Place, places) -> bool:
        if place.key == ROOT:
            return bool(self.root)
        return bool(self.published) and self.identity(place, places) in self.published

    def locked_names(self, place: Place, places) -> set[str]:
        """Return the properties of an item that may not change."""
        if place.key == ROOT:
            return set(self.root)
        if not self.is_published(place, places):
            return set()
        return {self.identity_name(place.cls)} | ({"kind", "result"} & set(shape(place.cls)))

    # Each of these raises Invalid with a sentence for what may not be done.

    def check_set(self, place: Place, places, name: str, value):
        if name in self.locked_names(place, places):
            if name in ("kind", "result"):
                raise Invalid("这个字段已经发布，类型不能直接改：已有案件里存着原来类型的内容。请用“换类型”办理。")
            raise Invalid("已经发布的标识和代码不能再改，已有案件和文书要靠它对应。可以改名称。")
        if place.key != ROOT and name == self.identity_name(place.cls):
            self.check_new(place.cls, place.list_name, value, place.owner, places)

    def check_new(self, cls, list_name, own, owner, places):
        """Refuse to give a published id to a new item."""
        if own and self._full(cls, list_name, own, owner, places) in self.published:
            raise Invalid(TAKEN.format(own))

    def on_removal(self, place: Place, places) -> str:
        """Return the property to set instead of removing a published item, "" when it may go."""
        return "retired" if "retired" in shape(place.cls) and self.is_published(place, places) else ""

    def check_move(self, place: Place, owner: Place, places):
        if not self.is_published(place, places) or place.owner == owner.key:
            return
        if Field in (places[place.owner].cls, owner.cls):
            raise Invalid("已经发布的字段不能移进或移出明细表，已有案件里的内容在原处。")
