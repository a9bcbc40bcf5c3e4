"""Says what changes between two versions of a relief type, in Chinese sentences. Items are matched by id, never by place.

Each change names its target, so that what reads it can be listed beside it (declaration/uses.py).
"""

from dataclasses import dataclass, is_dataclass, replace

from adminapp.declaration import model
from adminapp.declaration.lexicons import reading_lexicon
from adminapp.declaration.reader import shape
from adminapp.declaration.vocabulary import said, word
from adminapp.fields import KINDS
from adminapp.formula.written import write
from adminapp.workflow.machine import MILESTONES, STEPS

IDENTITY = ("id", "step", "code", "programme", "notice", "key")
FORMULAS = {"rule", "value", "when", "unless", "visible_when", "required_when", "formula", "total", "cap", "reserve"}
CODES = {
    "Field.kind": {key: kind.title for key, kind in KINDS.items()},
    "Step.step": {key: step.label for key, step in STEPS.items()},
    "Clock.from": MILESTONES,
    "Clock.to": MILESTONES,
}
"""Labels of codes that the engine defines; those that belong to the declaration alone stand in the vocabulary."""


@dataclass(frozen=True)
class Change:
    """One difference. `place` and `word` say where, `before` and `after` what; both are "" where there was, or is, nothing.

    `target` is what changed as declaration/uses.py names it, () when it is no field, option, step, document or term.
    """

    kind: str
    place: str
    word: str
    before: str = ""
    after: str = ""
    target: tuple[str, ...] = ()

    def __str__(self):
        return SENTENCES[self.kind].format(
            place=self.place, word=self.word, where=f"{self.place}的{self.word}" if self.place and self.word else self.place or self.word,
            before=self.before or "(空)", after=self.after or "(空)",
        )  # fmt: skip


SENTENCES = {
    "changed": "{where}由{before}改为{after}。",
    "added": "{where}新增{after}。",
    "removed": "{where}删去{before}。",
    "order": "{where}的顺序改变。",
    "moved": "字段{place}由分组{before}移到分组{after}。",
}


def describe(old, new, standards: dict[str, str] | None = None) -> list[str]:
    """Return sentences for the change from `old` to `new`, empty when they mean the same. `old` None means a new type."""
    if old is None:
        return [f"新增救助类型“{new.name}”（{new.key}）：{len(new.fields)} 个字段，{len(new.eligibility)} 项资格条件，{len(new.steps)} 个步骤。"]
    return [str(change) for change in changes(old, new, standards)]


def changes(old, new, standards: dict[str, str] | None = None) -> list[Change]:
    """Return every difference in the order of the file. `standards` are labels by key, for formulas in words."""
    return list(_Comparison(old, new, standards or {}).all())


class _Comparison:
    def __init__(self, old, new, standards):
        self.old, self.new, self.standards = old, new, standards
        self.words = reading_lexicon(old, standards), reading_lexicon(new, standards)

    def all(self):
        yield from self._object(self.old, self.new, "", ())

    def _object(self, before, after, where, target):
        cls = type(after)
        for key, (item, _) in shape(cls).items():
            old, new = getattr(before, item.name), getattr(after, item.name)
            if cls is model.ReliefType and key == "sections":
                yield from self._sections()
            elif old != new:
                yield from self._attribute(cls, key, old, new, where, target)

    def _attribute(self, cls, key, before, after, where, target):
        label = word(cls, key).label
        if isinstance(before, tuple) or isinstance(after, tuple):
            yield from self._list(cls, key, before, after, where, target)
        elif is_dataclass(before) and is_dataclass(after):
            yield from self._object(before, after, f"{where}的{label}" if where else label, target)
        else:
            yield self._changed(cls, key, before, after, where, target)

    def _changed(self, cls, key, before, after, where, target):
        return Change("changed", where, word(cls, key).label, self._show(cls, key, before, 0), self._show(cls, key, after, 1), target)

    def _list(self, cls, key, before, after, where, target):
        if not all(is_dataclass(item) for item in (*before, *after)) or not _identified(before, after):
            yield self._changed(cls, key, before, after, where, target)
            return
        label = word(cls, key).label
        old, new = ({_identity(item): item for item in side} for side in (before, after))
        for name, item in old.items():
            if name not in new:
                yield Change("removed", where, label, before=f"“{_title(item)}”", target=_target(target, key, name))
        for name, item in new.items():
            mine = _target(target, key, name)
            if name not in old:
                yield Change("added", where, label, after=f"“{_title(item)}”", target=mine)
            elif item != old[name]:
                yield from self._object(old[name], item, f"{f'{where}的' if where else ''}{label}“{_title(item)}”", mine)
        if [name for name in old if name in new] != [name for name in new if name in old]:
            yield Change("order", where, label, target=target)

    def _sections(self):
        """Compare sections, and fields over the whole form, so that a field that moves is not removed and added."""
        old, new = (tuple(replace(section, fields=()) for section in side.sections) for side in (self.old, self.new))
        yield from self._list(model.ReliefType, "sections", old, new, "", ())
        for section in self.old.sections:
            for field in section.fields:
                if field.id not in self.new.fields:
                    yield Change("removed", self._place(section), self._field, before=f"“{field.label}”", target=("field", field.id))
        homes = [{field.id: section for section in side.sections for field in section.fields} for side in (self.old, self.new)]
        for section in self.new.sections:
            yield from self._fields(section, *homes)

    _field = word(model.Section, "fields").label

    def _place(self, section):
        return f"{word(model.ReliefType, 'sections').label}“{section.title}”"

    def _fields(self, section, old_homes, new_homes):
        where = self._place(section)
        for field in section.fields:
            before, target = self.old.fields.get(field.id), ("field", field.id)
            if before is None:
                yield Change("added", where, self._field, after=f"“{field.label}”", target=target)
                continue
            if old_homes[field.id].id != section.id:
                yield Change("moved", f"“{field.label}”", self._field, f"“{old_homes[field.id].title}”", f"“{section.title}”", target)
            if before != field:
                yield from self._object(before, field, f"{where}的{self._field}“{field.label}”", target)
        before = next((each for each in self.old.sections if each.id == section.id), None)
        stayed = [[field.id for field in side.fields if _home(old_homes, field.id) == _home(new_homes, field.id) == section.id]
                  for side in (before, section) if side]  # fmt: skip
        if len(stayed) == 2 and stayed[0] != stayed[1]:
            yield Change("order", where, self._field)

    def _show(self, cls, key, value, side):
        """Return a value as a reader says it: codes by their labels, formulas in the words of their own version."""
        if value in ("", None, (), 0) and value is not False:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple):
            return "、".join(f"“{_title(item) if is_dataclass(item) else said(cls, key, item)}”" for item in value)
        if key in FORMULAS:
            return f"“{write(value, self.words[side])}”"
        return f"“{CODES.get(f'{cls.__name__}.{key}', {}).get(value) or (said(cls, key, value) if isinstance(value, str) else value)}”"


def _home(homes, field_id):
    return homes[field_id].id if field_id in homes else None


TARGETS = {"documents": "document", "steps": "step", "terms": "term", "excludes": "programme", "requires": "programme"}


def _target(outer, name, key):
    """Return the target of an item of a list, by the list's name and what it stands in."""
    if name == "options" and outer:
        return ("option", *outer[1:], key)
    if name == "fields" and outer and outer[0] == "field":
        return "column", outer[1], key
    if name == "sections":
        return "section", key
    return (TARGETS[name], key) if name in TARGETS else ()


def _identified(*sides):
    for side in sides:
        keys = [_identity(item) for item in side]
        if None in keys or len(set(keys)) != len(keys):
            return False
    return True


def _identity(item):
    return next((getattr(item, name) for name in IDENTITY if getattr(item, name, None)), None)


def _title(item):
    if getattr(item, "step", "") in STEPS and not getattr(item, "label", ""):
        return STEPS[item.step].label
    return next((getattr(item, name) for name in ("label", "title", "name", "text", "reason") if getattr(item, name, None)), _identity(item))
