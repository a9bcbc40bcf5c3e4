"""How many notices a second, against the plain loop anybody would write first: `python -m tests.bench.notices`.

The plain loop makes one document per notice, names four faces by @font-face and embeds the QR code as a picture.
Both sides print the same letter: two tables, one QR code, Song and Hei. The rare face stands in for the fourth, as
county faces are that large.
"""

import io
import logging
import re
import time
from dataclasses import replace
from html import escape

import segno
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from adminapp.notices.kinds import FOLDER, KINDS
from exports import fonts, pdf_bundle
from exports.notices.pool import RenderPool
from exports.notices.render import render
from exports.notices.samples import sample_content
from tests.exports.notices.faces import HOME

PLAIN, OURS = 10, 1000


def run(plain: int = PLAIN, ours: int = OURS) -> list[tuple[str, float, str]]:
    """Return `(label, value, unit)` of one run; the ratios hold on any machine, the seconds on this one."""
    ready = fonts.prepare(HOME, rare=True)
    numbers = [f"凤虚〔2026〕{number}号" for number in range(1, ours + 1)]
    contents = [replace(sample_content("confirmation", number), slip=False) for number in numbers]
    faces = "".join(
        f"@font-face {{ font-family: {name}; src: url({ready.files[file]}); }}"
        for name, file in (("song", "song"), ("hei", "hei"), ("fangsong", "song-rare"), ("xiaobiaosong", "song"))
    )
    logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)
    start = time.perf_counter()
    for content in contents[:plain]:
        _plain(content, faces)
    naive = (time.perf_counter() - start) / plain

    logging.getLogger("xhtml2pdf").setLevel(logging.WARNING)
    render(contents[:1], ready)
    start = time.perf_counter()
    batch = render(contents[:50], ready)
    single = (time.perf_counter() - start) / 50

    with RenderPool(HOME) as pool:
        list(pool.render_many(contents[:100], batch=50))
        start = time.perf_counter()
        parts = list(pool.render_many(contents))
        both = (time.perf_counter() - start) / ours
    start = time.perf_counter()
    pdf_bundle.cut(batch.pdf, *batch.pages[7])
    cut = time.perf_counter() - start
    return [
        ("plain loop, one notice", naive * 1000, "ms"),
        ("batches of 50, one process", single * 1000, "ms"),
        ("batches of 50, two processes", both * 1000, "ms"),
        ("notices per second, two processes", 1 / both, "1/s"),
        ("times the plain loop, one process", naive / single, "x"),
        ("times the plain loop, two processes", naive / both, "x"),
        ("size of one notice in its batch", sum(len(part.pdf) for part in parts) / ours / 1000, "kB"),
        ("cut one notice out of its batch", cut * 1000, "ms"),
    ]


def _plain(content, faces) -> bytes:
    kind = KINDS[content.kind]
    texts = {place.name: escape(content.values.get(place.key, "")) for place in kind.placeholders}
    texts |= {place.name: _table(place, content) for place in kind.placeholders if place.columns}
    texts["文书编号"] = content.number
    body = re.sub(r"\{\{(.*?)\}\}", lambda match: texts[match[1]], kind.default_template())
    page = "@page { size: a4; margin: 37mm 26mm 35mm 28mm; }"
    style = (FOLDER / "notice.css").read_text("utf-8")
    image = f'<img src="{segno.make(content.qr_url, error="m").png_data_uri(scale=4)}" width="54pt">'
    html = f"<html><head><style>{faces}{page}{style}</style></head><body>{image}{body}</body></html>"
    target = io.BytesIO()
    policy = ResourceAccessPolicy.server(HOME, allow_remote=False)
    pisa.CreatePDF(html, target, encoding="utf-8", resource_policy=policy)
    return target.getvalue()


def _table(placeholder, content):
    head = "".join(f'<th width="{width}%">{heading}</th>' for heading, width in placeholder.columns)
    rows = content.tables[placeholder.key]
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


if __name__ == "__main__":
    for label, value, unit in run():
        print(f"{label:40} {value:10.1f} {unit}")
