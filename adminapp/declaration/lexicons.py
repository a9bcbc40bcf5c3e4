"""The words of formulas in a relief type: its fields, the standards, the programmes that are published."""

import re
from collections.abc import Mapping

from adminapp.declaration.checks import formulas, names_of
from adminapp.formula.lexicon import Lexicon
from adminapp.formula.types import Name

_PROGRAMME = re.compile(r"^programme: *([a-z0-9_]+) *$", re.MULTILINE)
_SEEN: dict[str, str] = {}
"""The programme by the digest of a published declaration, which never changes."""


def lexicon_of(relief_type, standards=None, programmes: Mapping[str, str] | None = None) -> Lexicon:
    """Return the words of a relief type outside of its tables. `standards` is a Standards table, or labels by key."""
    if standards is None or isinstance(standards, Mapping):
        labels, types = standards, None
    else:
        labels, types = {key: standards.standard(key).label for key in standards}, standards.types()
    return Lexicon(names_of(relief_type), labels, programmes, types)


def reading_lexicon(relief_type, standards=None, programmes=None) -> Lexicon:
    """Return words to write any formula of a relief type wherever it stands: columns and parts of the amount are known too."""
    lexicon = lexicon_of(relief_type, standards, programmes)
    columns = {key: column for name in lexicon.names.values() for key, column in name.columns.items()}
    terms = {term.id: Name("money", term.label, group="金额") for term in relief_type.amount.terms}
    more = {**columns, **terms, "amount": Name("money", "核定金额")}
    return lexicon.nearer({key: name for key, name in more.items() if key not in lexicon.names})


def places_of(relief_type, lexicon: Lexicon) -> dict[str, tuple[str, str | None, Lexicon]]:
    """Return {path: (stored formula, type it must have, words there)} of every formula that is or could be written."""
    nearer, found = {}, {}
    for path, text, expect, extra in formulas(relief_type):
        if extra and id(extra) not in nearer:
            nearer[id(extra)] = (lexicon.nearer(extra), extra)  # kept together: an id is good while its object lives
        found[path] = (text, expect, nearer[id(extra)][0] if extra else lexicon)
    return found


def programmes_of(published) -> dict[str, str]:
    """Return the names of programmes by key: of the one published type, or of the group where several share a programme."""
    found: dict[str, list] = {}
    for item in published:
        found.setdefault(_programme(item), []).append(item)
    return {key: same[0].name if len(same) == 1 else same[0].group or key for key, same in found.items()}


def _programme(item) -> str:
    """Return the programme of what is published, found once for each text of it."""
    if item.digest not in _SEEN:
        # Reading a hundred declarations for one line each would take seconds in a new worker.
        written = _PROGRAMME.search(item.source)
        _SEEN[item.digest] = written[1] if written else item.relief_type.programme
    return _SEEN[item.digest]
