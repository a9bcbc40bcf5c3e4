"""`relief fonts`: make the faces ready that notices and posting sheets are printed with."""

import click

from adminapp.config import read_settings
from adminapp.outputs import outputs


@click.group()
def fonts():
    """Faces for notices and posting sheets."""


@fonts.command()
@click.option(
    "--rare",
    is_flag=True,
    help="Also make the 22,000 rare characters now, instead of at the first name that needs one.",
)
def prepare(rare):
    """Convert the shipped faces under RELIEF_HOME/fonts; what is there already stays. No database is needed.

    Example: relief fonts prepare --rare
    """
    made = outputs["fonts"](read_settings().home, rare)
    click.echo(f"字体已就绪：{'、'.join(made)}")
