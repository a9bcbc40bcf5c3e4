"""`relief payments`: prove that sealed payment lists still say what was decided."""

import click

from adminapp.commands import with_engine
from adminapp.errors import SetupError
from adminapp.money import format_yuan
from adminapp.payments import batches
from adminapp.payments import verify as comparison
from adminapp.payments.proof import Proof
from adminapp.scope import system


@click.group()
def payments():
    """Payment lists: verify."""


@payments.command()
@click.argument("batch_ids", metavar="[BATCH]...", nargs=-1)
@click.option("--quick", is_flag=True, help="Hold lines against the frozen roster and the seal only; make no decision anew.")
@with_engine
def verify(engine, batch_ids, quick):
    """Recompute every line of sealed lists from the stored decisions, and every sum and digest; name the first difference; exit 1.

    Example: relief payments verify
    """
    with system("relief payments verify"):
        found = [batches.get(item) for item in batch_ids] or list(batches.collection().find({"seal": {"$ne": None}}, sort=[("month", 1), ("_id", 1)]))
        sentences = list(comparison.sentences(found))
        if not quick:
            proof = Proof(engine.registry, engine.standards)
            sentences += [f"{batch['_id']}：{sentence}" for batch in found for sentence in proof.of_batch(batch)]
    for sentence in sentences:
        click.echo(sentence, err=True)
    if sentences:
        raise SetupError(f"{len(sentences)} 处不一致，第一处：{sentences[0]}")
    count, amount = sum(batch["seal"]["count"] for batch in found if batch["seal"]), sum(batch["seal"]["amount"] for batch in found if batch["seal"])
    made = "" if quick else f"，重新计算 {len(proof.made)} 件决定"
    click.echo(f"{len(found)} 份名册核对无误：{count} 行，{format_yuan(amount)} 元{made}")
