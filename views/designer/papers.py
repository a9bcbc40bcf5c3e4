"""Materials and notices: the notices of a type with the paper beside them, printed as it would be."""

from flask import make_response, request, url_for
from flask_babel import gettext as _

from adminapp.declaration.model import NoticeText
from adminapp.drafts.content import ROOT
from adminapp.errors import NotFound, ReliefError
from adminapp.notices.kinds import KINDS, TITLES
from adminapp.notices.own_wording import worded
from adminapp.notices.templates import check_paragraph, check_template
from adminapp.outputs import outputs
from views.designer.framing import framed
from views.designer.inputs import children
from views.designer.pages import Page

LOOK = "notice:"
"""What is looked at when it is a notice that the type says nothing about."""
FIRST = "confirmation"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class PapersPage(Page):
    """Every notice can be looked at; those that the type words itself are items."""

    parts = ("sheets", "paper")

    def own(self):
        found = super().own()
        for card in (card for sheet in found["sheets"] if sheet.name == "notices" for card in sheet.cards if card.open):
            self._arrange(card)
        items = {place.node.get("notice"): place for place in children(self.scene, ROOT, "notices")}
        shown = self._shown(items)
        papers = [
            {"label": label, "at": items[key].key if key in items else f"{LOOK}{key}", "own": key in items, "on": key == shown}
            for key, label in TITLES.items()
        ]
        address = url_for("designer.preview", draft_id=self.scene.draft.id, what="notice", notice=shown)
        return {**found, "papers": papers, "paper": address, "paper_title": TITLES[shown]}

    def _shown(self, items) -> str:
        """Return the notice that is looked at, else the first that the type words, else the most usual one."""
        place = self.scene.places.get(self.at)
        wanted = place.node.get("notice") if place and place.cls is NoticeText else self.at.removeprefix(LOOK)
        return next((key for key in (wanted, *items, FIRST) if key in TITLES), FIRST)

    def _arrange(self, card):
        """Offer either title and paragraphs or a template; what is written stays visible."""
        whole = bool(card.place.node.get("template"))
        unused = {"title", "paragraphs"} if whole else {"template"}
        card.groups = [
            (title, [one for one in inputs if one.name not in unused or one.value or one.problems]) for title, inputs in card.groups
        ]
        if card.place.node.get("notice") in KINDS:
            card.acts = [(_("改回通用格式"), "common", "undo")] if whole else [(_("逐字改写整份文书"), "own", "edit")]


def notice_preview(scene):
    """Return the PDF of an invented notice as the draft words it; what stands in the way is told on a page."""
    kind = KINDS.get(request.args.get("notice", ""))
    if kind is None or kind.key not in TITLES:
        raise NotFound()
    own = next((one for one in scene.thing.notices if one.notice == kind.key), NoticeText(notice=kind.key))
    wrong = check_template(kind.key, own.template) if own.template else [
        text for paragraph in own.paragraphs for text in check_paragraph(kind.key, paragraph)
    ]  # fmt: skip
    if wrong:
        return framed("designer/unseen.html", title=_("这样还不能排版"), problems=wrong)
    values = {"item": scene.thing.title or scene.thing.name or _("未命名")}
    try:
        pdf = outputs["sample"](kind.key, worded(own, kind.default_template()), values, scene.engine.settings.home)
    except ReliefError as error:
        return framed("designer/unseen.html", title=_("暂时看不到样张"), problems=[str(error)])
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
