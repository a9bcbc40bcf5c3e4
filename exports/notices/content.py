"""What goes into a notice and what comes out."""

from dataclasses import dataclass, field

# Notices in one document: more share one set of embedded glyphs, but it grows by 0.2 MB of memory with each.
BATCH = 50


@dataclass(frozen=True)
class NoticeContent:
    """One notice to one person.

    `values`: placeholder key → text, amounts and dates already in words of the reader; a line feed starts a new
    line. `tables`: placeholder key → rows of cell texts, one text per column of the placeholder. `qr_url`: short
    address where the notice can be checked, without personal data; empty for none. `template`: HTML instead of the
    kind's default. `slip`: add the 送达回证 as a page of its own.
    """

    kind: str
    number: str
    values: dict[str, str]
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    qr_url: str = ""
    template: str | None = None
    slip: bool = True


@dataclass(frozen=True)
class Rendered:
    """One PDF for several notices.

    `pages[i]`: `(first page from 0, count)` of the i-th content, or None if it failed. `failures`: position →
    sentence saying why that notice was left out.
    """

    pdf: bytes
    pages: list[tuple[int, int] | None]
    failures: dict[int, str] = field(default_factory=dict)
