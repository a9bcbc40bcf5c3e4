"""The designer: a county policy administrator makes and changes relief types and standards in the browser (issue: drafts only;
checking, simulating, approving and publishing are the release's screens)."""

from views.designer.screens import blueprint

__all__ = ["blueprint"]
