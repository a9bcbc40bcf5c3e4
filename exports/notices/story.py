"""A template filled with the values of one notice, as reportlab flowables.

xhtml2pdf reads each template once per shape (which template, how many table rows). Its flowables are kept with the
placeholders still in them and copied with the values put in. Values go into text, never into HTML, so nothing in a
value is markup.
"""

import copy
import html
import logging
import re
from collections import OrderedDict
from contextlib import contextmanager

from reportlab.platypus import CondPageBreak, Flowable
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.document import pisaStory
from xhtml2pdf.xhtml2pdf_reportlab import PmlParagraph, PmlTable

from adminapp.notices.kinds import FOLDER, KINDS, Kind
from adminapp.notices.templates import PLACEHOLDER, check_template
from exports.fonts import FontSet
from exports.notices.content import NoticeContent
from exports.notices.errors import MissingGlyph, RenderFailed, TemplateRefused, UnknownValue
from exports.notices.typeset import ChineseParagraph

POLICY = ResourceAccessPolicy.server(None, allow_remote=False, max_render_seconds=60)
STYLE = (FOLDER / "notice.css").read_text("utf-8")
MOST_SHAPES = 200
LONG_CELL = 200
# Points for a heading and the first two lines, or rows, under it.
ROOM_UNDER_HEADING = 90

# xhtml2pdf folds U+3000 into one narrow blank, so it travels as a placeholder of its own.
WIDE_BLANK = "blank"

_shapes: OrderedDict[tuple, list[Flowable]] = OrderedDict()


def notice_story(content: NoticeContent, fonts: FontSet) -> list[Flowable]:
    """Return the flowables of one notice.

    Raises TemplateRefused, UnknownValue or MissingGlyph before anything is drawn.
    """
    kind = KINDS[content.kind]
    template = content.template if content.template is not None else kind.default_template()
    texts = _texts(kind, content)
    rows = {
        name: len(content.tables.get(kind.by_name[name].key, ())) for name in kind.by_name if kind.by_name[name].columns
    }
    for name, text in texts.items():
        missing = fonts.missing(text)
        if missing:
            raise MissingGlyph(content.number, name.partition(".")[0], missing)
    shape = _shape(kind, template, rows, fonts)
    unfilled = shape.names - texts.keys()
    if unfilled:
        raise UnknownValue(f"文书 {content.number} 缺少内容：{'、'.join(sorted(unfilled))}。")
    return copy.deepcopy(shape.flowables, Fill(texts, fonts))


def _texts(kind: Kind, content: NoticeContent) -> dict[str, str]:
    """Return placeholder name → the text put in its place; `name.row.column` for the cells of tables."""
    by_key = {placeholder.key: placeholder for placeholder in kind.placeholders}
    unknown = [key for key in (*content.values, *content.tables) if key not in by_key]
    if unknown:
        raise UnknownValue(f"“{kind.title}”不使用这些内容：{'、'.join(unknown)}。可用：{'、'.join(by_key)}。")
    texts = {by_key["number"].name: content.number, WIDE_BLANK: "\u3000"}
    for key, text in content.values.items():
        texts[by_key[key].name] = text
    for key, table in content.tables.items():
        placeholder = by_key[key]
        for number, row in enumerate(table):
            if len(row) != len(placeholder.columns):
                raise UnknownValue(
                    f"“{placeholder.name}”第 {number + 1} 行应有 {len(placeholder.columns)} 列，实有 {len(row)} 列。"
                )
            texts.update({f"{placeholder.name}.{number}.{column}": cell for column, cell in enumerate(row)})
    texts.update({by_key[key].name: "" for key in content.tables})
    for key in kind.needed:
        if not content.tables.get(key) and not content.values.get(key, "").strip():
            raise UnknownValue(f"文书 {content.number} 没有填写“{by_key[key].name}”，不能出具。")
    return texts


class Shape:
    """A template as flowables with the placeholders still in them; `names` are the placeholders it prints."""

    def __init__(self, flowables, names):
        self.flowables, self.names = flowables, names


class Fill(dict):
    """The memo of one deep copy, carrying what the paragraphs need to fill themselves."""

    def __init__(self, texts, fonts):
        super().__init__()
        self.texts, self.fonts = texts, fonts


class FilledParagraph(ChineseParagraph):
    """A paragraph that is filled while it is copied. Its style is shared: nothing changes a style after parsing."""

    def __deepcopy__(self, memo):
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update(self.__dict__)
        if isinstance(memo, Fill):
            new.frags = [part for frag in self.frags for part in _filled(frag, memo)]
        memo[id(self)] = new
        return new


class FilledTable(PmlTable):
    """A table whose copy shares all but the cells and the lists that layout writes into."""

    def __deepcopy__(self, memo):
        new = self.__class__.__new__(self.__class__)
        new.__dict__.update((name, list(value) if type(value) is list else value) for name, value in vars(self).items())
        new._cellvalues = [[_light(cell) for cell in row] for row in copy.deepcopy(self._cellvalues, memo)]
        memo[id(self)] = new
        return new


def _light(cell):
    """Take a short paragraph out of the box that xhtml2pdf puts around each cell: the box costs more than the text.

    A long one keeps it, because only the box can be cut between pages.
    """
    content = getattr(cell, "_content", ())
    if len(content) != 1 or not isinstance(content[0], FilledParagraph):
        return cell
    return content[0] if sum(len(frag.text) for frag in content[0].frags) < LONG_CELL else cell


FILLED = {PmlParagraph: FilledParagraph, PmlTable: FilledTable}


def _filled(frag, fill):
    text = getattr(frag, "text", "")
    if hasattr(frag, "lineBreak") or not text:
        return [frag]
    text = PLACEHOLDER.sub(lambda match: fill.texts[match[1]], text)
    parts = []
    for run, name in fill.fonts.runs(text, frag.fontName):
        part = frag.clone()
        part.text, part.fontName = run, name
        parts.append(part)
    return parts


def _shape(kind, template, rows, fonts) -> Shape:
    key = (kind.key, template, tuple(rows.items()), fonts.home)
    if key not in _shapes:
        problems = check_template(kind.key, template)
        if problems:
            raise TemplateRefused(problems)
        missing = fonts.missing(re.sub(r"\s", "", template))
        if missing:
            raise MissingGlyph("模板", kind.title, missing)
        _shapes[key] = _parsed(kind, template, rows, fonts)
        while len(_shapes) > MOST_SHAPES:
            _shapes.popitem(last=False)
    _shapes.move_to_end(key)
    return _shapes[key]


def _parsed(kind, template, rows, fonts) -> Shape:
    # A line feed between Chinese characters would become a blank.
    body = re.sub(r"\s*\n\s*", "", template)
    names = set(PLACEHOLDER.findall(body))
    tables = {name: _table(kind.by_name[name], count) for name, count in rows.items()}
    body = PLACEHOLDER.sub(lambda match: tables.get(match[1], match[0]), body)
    body = body.replace("\u3000", f"{{{{{WIDE_BLANK}}}}}")
    fonts.runs(re.sub(r"\s", "", template), "song")
    with warnings_refused():
        # Without a real 小标宋 the headings are Song, drawn heavier.
        heavy = "" if "xiaobiaosong" in fonts.files else ".title, .agency { font-weight: bold; }"
        source = _families(f"<html><body>{body}</body></html>", fonts)
        story = pisaStory(source, default_css=_families(STYLE + heavy, fonts), resource_policy=POLICY).story
    for flowable in list(_flowables(story)):
        flowable.__class__ = FILLED.get(type(flowable), type(flowable))
        if isinstance(flowable, FilledParagraph):
            flowable.read_box()
    return Shape(_with_rest_free(story), names)


def _with_rest_free(story) -> list[Flowable]:
    """Let what stands under a heading begin there and go on overleaf, be it a table or a long paragraph.

    Kept with its heading, it would go to the next page as a whole. The chain at the end, from the last paragraph to
    the signature, stays together.
    """
    free = []
    in_chain = False
    for flowable, after in zip(story, [*story[1:], None], strict=True):
        kept = flowable.getKeepWithNext()
        if kept and after is not None and (isinstance(after, PmlTable) or not (in_chain or after.getKeepWithNext())):
            flowable.keepWithNext = 0
            free.append(CondPageBreak(ROOM_UNDER_HEADING))
        free.append(flowable)
        in_chain = kept
    return free


def _families(text, fonts):
    """Write every font-family as the list of faces to try, so that a rare character comes from the next one."""
    return re.sub(r"font-family:\s*([a-z]+)", lambda match: f"font-family: {', '.join(fonts.chain(match[1]))}", text)


def _table(placeholder, rows) -> str:
    if not rows:
        return ""
    headings = "".join(f'<th width="{width}%">{html.escape(heading)}</th>' for heading, width in placeholder.columns)
    lines = [f"<tr>{headings}</tr>"]
    for row in range(rows):
        cells = (
            f'<td class="{_side(heading)}">{{{{{placeholder.name}.{row}.{column}}}}}</td>'
            for column, (heading, _width) in enumerate(placeholder.columns)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table repeat="1">{"".join(lines)}</table>'


def _side(heading) -> str:
    if "（元）" in heading:
        return "right"
    return "center" if heading in {"序号", "份数"} else "left"


def _flowables(item):
    """Yield every flowable inside `item`, containers included."""
    if isinstance(item, Flowable):
        yield item
        item = vars(item).values()
    elif not isinstance(item, (list, tuple)):
        return
    for part in item:
        if isinstance(part, (list, tuple, Flowable)):
            yield from _flowables(part)


@contextmanager
def warnings_refused():
    """Raise RenderFailed if xhtml2pdf warns: it draws on with a part missing and calls that success."""
    said = []

    class Collect(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    handler, log = Collect(logging.WARNING), logging.getLogger("xhtml2pdf")
    propagate, log.propagate = log.propagate, False
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = propagate
    if said:
        raise RenderFailed(f"文书排版有问题：{'；'.join(said[:5])}")
