"""Notices as one PDF, fifty to a document, each on pages of its own."""

from collections.abc import Sequence

from reportlab import rl_config
from reportlab.platypus import PageBreak
from reportlab.platypus.doctemplate import LayoutError
from xhtml2pdf.config.resources import render_budget, use_policy
from xhtml2pdf.document import _RENDER_LOCK
from xhtml2pdf.files import cleanFiles
from xhtml2pdf.util import reset_caches

from adminapp.errors import Invalid
from adminapp.notices.kinds import KINDS, PAPERS
from exports.fonts import FontSet
from exports.notices.content import NoticeContent, Rendered
from exports.notices.page import NoticeDocument, NoticeStart
from exports.notices.story import POLICY, notice_story, warnings_refused
from exports.notices.typeset import write_unicode_beyond_bmp


def render(contents: Sequence[NoticeContent], fonts: FontSet) -> Rendered:
    """Return `contents` as one PDF. A notice that fails is left out and named in `failures`; the others are printed.

    Call it in a process of its own (`pool.RenderPool`), not in a web worker.
    """
    fonts.register()
    write_unicode_beyond_bmp()
    rl_config.useA85 = 0
    good, failures = {}, {}
    for position, content in enumerate(contents):
        try:
            good[position] = _story(content, fonts)
        except Invalid as error:
            failures[position] = str(error)
    pages = [None] * len(contents)
    if not good:
        return Rendered(b"", pages, failures)
    try:
        pdf, ranges = _build([good[position] for position in good])
    except Exception as error:
        if len(good) == 1:
            failures[next(iter(good))] = _sentence(error)
            return Rendered(b"", pages, failures)
        return _without_the_bad(contents, list(good), failures, fonts)
    for position, pair in zip(good, ranges, strict=True):
        pages[position] = pair
    return Rendered(pdf, pages, failures)


def _without_the_bad(contents, positions, failures, fonts) -> Rendered:
    """Find by rendering singly which of `positions` fail, then render the rest together."""
    for position in positions:
        alone = render([contents[position]], fonts)
        if alone.failures:
            failures[position] = alone.failures[0]
    rest = [position for position in positions if position not in failures]
    together = render([contents[position] for position in rest], fonts)
    pages = [None] * len(contents)
    for position, pair in zip(rest, together.pages, strict=True):
        pages[position] = pair
    for index, sentence in together.failures.items():
        failures[rest[index]] = sentence
    return Rendered(together.pdf, pages, dict(sorted(failures.items())))


def _story(content, fonts):
    if content.kind not in KINDS:
        raise Invalid(f"没有“{content.kind}”这种文书。")
    caption = "扫码打开本件" if content.kind in PAPERS else "扫码核验"
    story = [NoticeStart(content.qr_url, caption), *notice_story(content, fonts)]
    if content.slip:
        story += [PageBreak(), *notice_story(_slip(content), fonts)]
    return story


def _slip(content: NoticeContent) -> NoticeContent:
    wanted = {placeholder.key for placeholder in KINDS["service_slip"].placeholders}
    values = {key: text for key, text in content.values.items() if key in wanted}
    return NoticeContent("service_slip", content.number, values | {"title": KINDS[content.kind].title})


def _build(stories) -> tuple[bytes, list[tuple[int, int]]]:
    starts = [story[0] for story in stories]
    joined = []
    for story in stories:
        joined += [PageBreak(), *story] if joined else story
    document = NoticeDocument()
    # xhtml2pdf keeps caches and budgets in module globals, so one render at a time and everything cleared after it.
    with _RENDER_LOCK, use_policy(POLICY), render_budget(POLICY), warnings_refused():
        try:
            pdf = document.bytes_of(joined)
        finally:
            cleanFiles()
            reset_caches()
    firsts = [start.page - 1 for start in starts]
    ends = [*firsts[1:], document.page]
    return pdf, [(first, end - first) for first, end in zip(firsts, ends, strict=True)]


def _sentence(error) -> str:
    if isinstance(error, Invalid):
        return str(error)
    if isinstance(error, LayoutError):
        return "文书中有一块内容放不进一页，请检查表格或减少内容。"
    # The first line names the fault; the rest repeats the content, which may be personal.
    return f"文书排版失败（{type(error).__name__}）。请检查模板里的表格是否写了列宽、行列是否完整。"
