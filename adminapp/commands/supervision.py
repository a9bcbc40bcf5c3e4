"""`relief supervision`: the draws of spot checks, made and proved."""

import click

from adminapp import dates
from adminapp.commands import with_engine
from adminapp.errors import SetupError
from adminapp.scope import system
from adminapp.supervision import proof, rounds
from adminapp.warnings import RULES, sweep


@click.group()
def supervision():
    """Draw spot checks and prove how they were drawn."""


@supervision.command()
@click.option("--witness", default="", help="What a witness says; it becomes part of the seed.")
@with_engine
def draw(engine, witness):
    """Draw what is still missing of this year's share, for all townships and types.

    Example: relief supervision draw --witness "李某报数 27"
    """
    with system("drawing of spot checks") as actor:
        fixed = rounds.begin(dates.today().year, actor, witness)
        done = rounds.draw(fixed)
    click.echo(f"{fixed['year']} 年第 {fixed['n']} 次抽取：{done['strata']} 层，抽中 {done['drawn']} 件，种子 {rounds.seed_of(fixed)}")


@supervision.command()
@click.option("--year", type=int, help="The year to prove; this year when left out.")
@with_engine
def redraw(engine, year):
    """Read the universe anew, draw again from the stored seeds and compare; exit 1 when anything comes out otherwise.

    Example: relief supervision redraw --year 2026
    """
    year = year or dates.today().year
    found = list(proof.findings(year))
    for sentence in found:
        click.echo(sentence, err=True)
    if found:
        raise SetupError(f"{year} 年的抽取有 {len(found)} 处不一致")
    drawn = rounds.of_year(year)
    click.echo(f"{year} 年 {len(drawn)} 次抽取，{sum(row['drawn'] for row in drawn)} 件，重新抽取的结果完全一致")


@supervision.command()
@with_engine
def warn(engine):
    """Ask every rule of warnings now and say what each finds.

    Example: relief supervision warn
    """
    for key, count in sweep.sweep(engine, force=True).items():
        click.echo(f"{RULES[key].label}：{count} 条")
