"""Which page each tab of a draft is; a tab that is not named here shows plain sheets."""

from views.designer.pages import FlowPage, FormPage, Page
from views.designer.papers import PapersPage
from views.designer.standards import StandardsPage

PAGES = {"form": FormPage, "flow": FlowPage, "papers": PapersPage, "standards": StandardsPage}


def page_of(scene, tab, args) -> Page:
    """Return the page of a tab."""
    return PAGES.get(tab, Page)(scene, tab, args)
