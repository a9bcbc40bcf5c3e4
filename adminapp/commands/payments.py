"""`relief payments`: prove that sealed payment lists still say what was decided."""

import click

from adminapp.commands import with_engine
from adminapp.errors import SetupError
from adminapp.payments import batches
from adminapp.payments import verify as proof
from adminapp.scope import system


@click.group()
def payments():
    """Payment lists: verify."""


@payments.command()
@click.argument("batch_ids", metavar="[BATCH]...", nargs=-1)
@with_engine
def verify(engine, batch_ids):
    """Recompute sums and digests of sealed lists, all of them when none is named; exit 1 at a difference.

    Example: relief payments verify
    """
    with system("relief payments verify"):
        found = [batches.get(item) for item in batch_ids] or list(batches.collection().find({"seal": {"$ne": None}}))
        sentences = list(proof.sentences(found))
    for sentence in sentences:
        click.echo(sentence, err=True)
    if sentences:
        raise SetupError(f"{len(sentences)} 处不一致")
    click.echo(f"{len(found)} 份名册核对无误")
