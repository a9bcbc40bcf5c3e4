"""The reserve of townships: the book of each, paying out of it, receipts, settlements, and the overview of the county."""

from views.reserve import entries, panel, papers, paying
from views.reserve.board import blueprint

panel.offer(blueprint)

__all__ = ["blueprint", "entries", "papers", "paying"]
