"""`relief db`: prepare and check the database."""

import click

from adminapp import anchors, database, indexes
from adminapp import audit as log
from adminapp.bank import adoption
from adminapp.commands import with_engine
from adminapp.errors import Invalid, SetupError
from adminapp.jobs.sweeping import each
from adminapp.scope import system
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
    left = events.left()
    if (done := each(left, events.drain)) < len(left):
        raise Invalid(f"数据库中有 {len(left) - done} 件案件的遗留事项没有做成，原因见日志。")
    click.echo(f"数据库正常；补做遗留事项 {done} 件" if done else "数据库正常")


@click.group()
def audit():
    """Prove that the logs are whole."""


@audit.command()
@with_engine
def verify(engine):
    """Recompute every chain of events, hold all against the anchors outside the database; name the first break of each; exit 1.

    Example: relief audit verify
    """
    breaks = [*events.verify(), *log.verify(), *anchors.verify(engine.settings)]
    for sentence in breaks:
        click.echo(sentence, err=True)
    if breaks:
        raise SetupError(f"{len(breaks)} 处记录不完整")
    last = anchors.newest(engine.settings)
    told = f"与存证一致，最近一次为第 {last['n']} 号（{last['at'][:16]}）" if last else "还没有存证，请执行 relief audit anchor"
    click.echo(f"{database.raw('events').estimated_document_count()} 条事件记录完整；{told}")


@audit.command()
@with_engine
def anchor(engine):
    """Write an anchor of all logs now; the job consumer writes one a day by itself.

    Example: relief audit anchor
    """
    with system("relief audit anchor"):
        made = anchors.make(engine.settings)
    click.echo(f"已写第 {made['n']} 号存证：{len(made['cases'])} 件案件，{len(made['lists'])} 份名册，{len(made['reserve'])} 本备用金台账")
