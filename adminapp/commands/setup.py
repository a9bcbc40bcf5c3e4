"""`relief init` and `relief ready`: from an empty database to the first login, and what is still missing after it."""

import click

from adminapp import database, indexes, policy, readiness
from adminapp.auth import accounts, users
from adminapp.commands import with_engine
from adminapp.commands.types import FOLDER
from adminapp.scope import system
from adminapp.standards import read_file

MARKS = {readiness.MISSING: "✗", readiness.ADVICE: "!", readiness.DONE: "✓"}


@click.command()
@click.option("--admin", default="admin", show_default=True, help="Username of the first system administrator.")
@click.option("--name", default="系统管理员", show_default=True, help="Their name, as on screens and papers.")
@click.option("--types", "wanted", help="Keys of the relief types to publish, with commas; all that come with the program when left out.")
@click.pass_context
def init(context, admin, name, wanted):
    """Prepare an empty database: indexes, standards, relief types, the first system administrator. Safe to run again.

    What is there already stays as it is. Example: relief init --admin zhang.san --name 张三
    """
    engine = context.obj.engine(check_indexes=False)
    made = indexes.upgrade(database.current())
    click.echo(f"数据库：{len(made)} 个索引已建立" if made else "数据库：已就绪")
    if not engine.standards.keys():
        engine.standards_store.replace(read_file(), "relief init")
        click.echo(f"标准：已载入 {len(engine.standards)} 项（演示参数，请核对）")
    _publish(engine, wanted)
    with system("relief init"):
        if not any(user.has(policy.SYSADMIN) for user in users.all_users()):
            user, password = accounts.create_user(admin, name, [policy.SYSADMIN])
            click.echo(f"系统管理员：{user.username}，初始密码：{password}（首次登录须修改，并设置两步验证）")
        _tell(readiness.look(engine.refresh()))


@click.command()
@with_engine
def ready(engine):
    """Say what a county still lacks before its first application; exit 1 when something is missing.

    Example: relief ready
    """
    with system("relief ready"):
        found = readiness.look(engine)
    _tell(found)
    if not readiness.ready(found):
        raise click.exceptions.Exit(1)


def _publish(engine, wanted):
    """Publish the wanted types that have no version yet. Raise click.BadParameter for a key without a file, before any is published."""
    files = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    keys = [key.strip() for key in wanted.split(",") if key.strip()] if wanted is not None else list(files)
    if unknown := [key for key in keys if key not in files]:
        raise click.BadParameter(f"没有救助类型 {'、'.join(unknown)}；有：{'、'.join(files)}", param_hint="--types")
    published = engine.registry.latest()
    new = [key for key in keys if key not in published]
    for key in new:
        engine.registry.publish(files[key].read_text("utf-8"), "relief init", engine.standards.types())
    if new:
        click.echo(f"救助类型：已发布 {len(new)} 个")


def _tell(found):
    click.echo("\n受理第一件申请之前：")
    for each in found:
        click.echo(f"  {MARKS[each.state]} {each.title}：{each.told}")
    missing = sum(each.state == readiness.MISSING for each in found)
    click.echo(f"还缺 {missing} 项；登录后在“配置 → 上线准备”里逐项办理。" if missing else "必需的都已办妥，可以开始受理。")
