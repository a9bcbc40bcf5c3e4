"""The template a type prints a notice with: its own, or the common one with its title and paragraphs."""

import html
import re


def own_template(relief_type, kind, template) -> str:
    """Return the declaration's template, or the common one with its title and paragraphs; "" when it says nothing."""
    own = next((item for item in relief_type.notices if item.notice == kind), None)
    return worded(own, template) if own else ""


def worded(own, template: str) -> str:
    """Return what a type prints: its own template, or the common one with its title and paragraphs. `own` is a NoticeText."""
    if own.template:
        return own.template
    if own.title:
        template = re.sub(
            r'(<p class="title">).*?(</p>)',
            lambda found: found[1] + html.escape(own.title) + found[2],
            template,
            count=1,
        )
    added = "".join(f"<p>{html.escape(text, quote=False)}</p>\n" for text in own.paragraphs)
    return template.replace('<p class="sign">', f'{added}<p class="sign">', 1)
