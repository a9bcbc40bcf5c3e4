"""Fund requests: what the county asks of finance for approved lists, finance's answer, and the money that arrived."""

from views.funds import asking, pages
from views.funds.board import blueprint

__all__ = ["asking", "blueprint", "pages"]
