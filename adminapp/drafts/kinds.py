"""What a draft can be of, by name. A new kind is one more class."""

from adminapp.declaration.lexicons import lexicon_of, places_of, programmes_of
from adminapp.declaration.model import ReliefType
from adminapp.declaration.reader import read_mapping
from adminapp.declaration.writer import to_mapping, to_text
from adminapp.drafts.kind import DraftKind
from adminapp.drafts.standards_draft import StandardsDraft
from adminapp.golden import store as golden_store


class TypeDraft(DraftKind):
    name, title, model = "type", "救助类型", ReliefType

    def key(self, content):
        return content.get("key", "")

    def label(self, content):
        return content.get("name", "")

    def check(self, read, engine):
        return engine.registry.problems_of(read, engine.standards.types())

    def formulas(self, read, engine):
        words = lexicon_of(read, engine.standards, programmes_of(engine.registry.latest().values()))
        return places_of(read, words)

    def text(self, mapping):
        return to_text(read_mapping(mapping))

    def origin(self, engine, key):
        published = engine.registry.get(key)
        return to_mapping(published.relief_type), published.version, published.digest

    def golden(self, key):
        return golden_store.get(golden_store.of_type(key))["text"]


KINDS: dict[str, DraftKind] = {kind.name: kind for kind in (TypeDraft(), StandardsDraft())}
