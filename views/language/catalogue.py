"""The English of every key (views/translations/en/*.po), held by a process from its first English page on."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain, get_locale

from views.language import keys

FOLDER = Path(__file__).parents[1] / "translations" / "en"
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in every file, so that the same texts give the same bytes."""
HEADER = """English of relief-admin.

Keys are the Chinese texts of the screens: what goes through gettext as it is, sentences of the program with their values
numbered ({0}), labels of declarations. `python -m views.language` brings the files up to date with the sources."""


def read_part(part: str) -> Catalog:
    """Return a part of the catalogue, empty when there is no file yet."""
    path = FOLDER / f"{part}.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def write_part(part: str, found: dict[str, list[str]], english: dict[str, str]):
    """Write a part: its keys in the order of the sources, each with its English where there is one."""
    catalog = Catalog(locale="en", header_comment=f"# {HEADER}".replace("\n", "\n# ").replace("# \n", "#\n"), fuzzy=False)
    catalog.creation_date = catalog.revision_date = WRITTEN
    for key, places in found.items():
        locations = [(name, int(line)) for name, _colon, line in (place.rpartition(":") for place in places)]
        catalog.add(key, english.get(key, ""), locations[:1])
    with (FOLDER / f"{part}.po").open("wb") as file:
        write_po(file, catalog, width=160, omit_header=False, include_lineno=False)


@cache
def english() -> dict[str, str]:
    """Return {key: English} of all parts."""
    return {message.id: message.string for part in keys.PARTS for message in read_part(part) if message.id and message.string}


@cache
def translations() -> Translations:
    """Return the catalogue as gettext asks it."""
    catalog, stream = Catalog(locale="en"), BytesIO()
    for key, text in english().items():
        catalog.add(key, text)
    write_mo(stream, catalog)
    stream.seek(0)
    return Translations(stream)


class Texts(Domain):
    """The texts of this program in one language."""

    def __init__(self, found: Callable[[], NullTranslations]):
        super().__init__()
        self.get_translations = found


AS_THEY_ARE = NullTranslations()
CHINESE, ENGLISH = Texts(lambda: AS_THEY_ARE), Texts(translations)


class Languages(Babel):
    """Babel with our catalogue instead of compiled files."""

    @property
    def domain_instance(self):
        """Return the texts for this reader. Flask-Babel asks once a request and keeps them: a page has hundreds of texts."""
        return ENGLISH if is_english() else CHINESE


def is_english() -> bool:
    """Tell whether the reader of this request reads English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"
