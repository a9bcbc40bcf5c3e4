"""`relief payments`: prove that sealed payment lists still say what was decided, and try out a year of them."""

import time

import click

from adminapp.commands import with_engine
from adminapp.errors import ReliefError
from adminapp.money import format_yuan
from adminapp.payments import batches, lines
from adminapp.payments import verify as comparison
from adminapp.payments.proof import Proof
from adminapp.reserve import proof as reserve
from adminapp.scope import system

SHOWN = 20
"""Sentences of a failed drill that are printed."""


@click.group()
def payments():
    """Payment lists: verify, drill."""


@payments.command()
@click.argument("batch_ids", metavar="[BATCH]...", nargs=-1)
@click.option("--quick", is_flag=True, help="Hold lines against the frozen roster and the seal only; make no decision anew.")
@with_engine
def verify(engine, batch_ids, quick):
    """Recompute every line of sealed lists from the stored decisions, every sum and digest, and the books of the reserve; name the first difference; exit 1.

    Example: relief payments verify
    """
    with system("relief payments verify"):
        found = [batches.get(item) for item in batch_ids] or list(batches.collection().find({"seal": {"$ne": None}}, sort=[("month", 1), ("_id", 1)]))
        sentences = list(comparison.sentences(found))
        proof = None if quick else Proof(engine.registry, engine.standards)
        if proof:
            sentences += [f"{batch['_id']}：{sentence}" for batch in found for sentence in proof.of_batch(batch)]
        if not batch_ids:
            sentences += reserve.sentences(proof)
        times, paid_out = (0, 0) if batch_ids else reserve.count()
    for sentence in sentences:
        click.echo(sentence, err=True)
    if sentences:
        raise ReliefError(f"{len(sentences)} 处不一致，第一处：{sentences[0]}")
    count, amount = sum(batch["seal"]["count"] for batch in found if batch["seal"]), sum(batch["seal"]["amount"] for batch in found if batch["seal"])
    made = "" if quick else f"，重新计算 {len(proof.made)} 件决定"
    beside = f"；备用金 {times} 笔，{format_yuan(paid_out)} 元" if times else ""
    click.echo(f"{len(found)} 份名册核对无误：{count} 行，{format_yuan(amount)} 元{made}{beside}")


@payments.command()
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 24), help="How many months are paid and closed.")
@click.option("--scale", default=0.02, show_default=True, type=click.FloatRange(min=0, min_open=True), help="1 is a county: 30,000 lines a month.")
@click.pass_context
def drill(context, months, scale):
    """Pay an invented county month by month, from cut-off to month close, and account for every fen; exit 1 when one is unexplained.

    With raises, one of them told late, deaths, moves, pauses and money that comes back. It has a database server of its own
    and touches no other.

    Example: relief payments drill --months 12 --scale 1
    """
    begun = time.monotonic()
    found = context.obj.drill().on_own_server(months, scale, click.echo)
    for sentence in found.problems[:SHOWN]:
        click.echo(sentence, err=True)
    if found.problems:
        raise ReliefError(f"{len(found.problems)} 处说明不了，第一处：{found.problems[0]}")
    kinds = "，".join(f"{lines.KINDS[kind]} {count} 行 {format_yuan(amount)} 元" for kind, (count, amount) in sorted(found.paid["kinds"].items()))
    click.echo(f"{months} 个月全部月结：{kinds}")
    click.echo(f"应发 {format_yuan(found.paid['owed'])} 元全部到账，另因死亡迟报多发 {format_yuan(found.paid['overpaid'])} 元，台账逐户列明")
    click.echo(f"名册、决定、差额、资金、月结与台账核对一致，没有说明不了的一分钱。用时 {time.monotonic() - begun:.0f} 秒")
