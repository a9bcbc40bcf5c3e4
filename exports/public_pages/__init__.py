"""Public pages as HTML: light, for a phone first, without script, cookie or anything from elsewhere.

`render(template, values)` is a function of its arguments alone; who calls it decides what the page may say.
"""

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adminapp import divisions
from adminapp.assets import Assets
from adminapp.legal_basis import legal_basis
from adminapp.outputs import outputs

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parents[2] / "views" / "static"


class Press:
    """Renders with the style sheet at one address, for one county and its office."""

    def __init__(self, style: str, icon: str, county: str, office: str, phone: str):
        loader = FileSystemLoader(TEMPLATES)
        self.environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
        self.environment.globals |= {"style": style, "icon": icon, "county": county, "phone": phone, "office": office}
        self.environment.filters["svg"] = Markup  # of our own flow chart, which escapes what it is given
        # Changes when pages made by an earlier program, or before the office moved, look old.
        self.signature = hashlib.sha256(f"{style}{icon}{county}{office}{phone}{sources()}".encode()).hexdigest()[:12]

    def render(self, template: str, values: dict) -> str:
        return self.environment.get_template(template).render(**values)

@cache
def sources() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.html")))


def press() -> Press:
    """Return the press of this process, with the style sheet as it is served and the office as it is now."""
    basis = legal_basis()
    return _press(divisions.county().county_name, basis.county.name, basis.county_phone)


@lru_cache(maxsize=4)
def _press(county, office, phone):
    static = Assets(STATIC)
    return Press(*(f"/static/{static.get(path).address}" for path in ("css/public.css", "icons/mark.svg")), county, office, phone)


def render(template: str, values: dict) -> str:
    return press().render(template, values)


def skin() -> str:
    return press().signature


def register():
    """Add the outputs "public_page" (template, values → HTML) and "public_skin" (→ what the look is known by)."""
    outputs.add("public_page", render)
    outputs.add("public_skin", skin)
