"""`relief db`: prepare and check the database."""

import click

from adminapp import audit as log
from adminapp import database, indexes
from adminapp.bank import adoption
from adminapp.commands import with_engine
from adminapp.errors import SetupError
from adminapp.search import adoption as search_adoption
from adminapp.standards import read_file
from adminapp.workflow import events


@click.group()
def db():
    """Prepare and check the database."""


@db.command()
@click.pass_context
def upgrade(context):
    """Create missing indexes, load the standards when there are none, take older cases into registers that are new. Safe to run again.

    Example: relief db upgrade
    """
    engine = context.obj.engine(check_indexes=False)
    for sentence in indexes.upgrade(database.current()):
        click.echo(sentence)
    if not engine.standards.keys():
        engine.standards_store.replace(read_file(), "relief db upgrade")
        click.echo("已载入标准（演示参数，请核对）")
    if count := adoption.adopt(engine.registry):
        click.echo(f"已登记 {count} 件案件的收款账户")
    if count := search_adoption.adopt():
        click.echo(f"已为 {count} 件案件补建查找索引")
    click.echo("数据库已就绪")


@db.command()
@with_engine
def check(engine):
    """Check server, indexes and left-over work; exit 1 with one sentence when something is missing."""
    left = events.sweep()
    click.echo(f"数据库正常；补做遗留事项 {left} 件" if left else "数据库正常")


@click.group()
def audit():
    """Prove that the log of cases is whole."""


@audit.command()
@with_engine
def verify(engine):
    """Recompute every event chain and name the first break of each; exit 1 when there is one."""
    breaks = [*events.verify(), *log.verify()]
    for sentence in breaks:
        click.echo(sentence, err=True)
    if breaks:
        raise SetupError(f"{len(breaks)} 条事件链不完整")
    click.echo(f"{database.raw('events').estimated_document_count()} 条事件记录完整")
