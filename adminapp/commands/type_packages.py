"""`relief types diff | plan | apply | rollback | export`: relief types as files and packages, planned and taken back like releases."""

import getpass
import json
from pathlib import Path

import click

from adminapp import database
from adminapp.commands import with_engine
from adminapp.commands.types import FILES, paths_of, problems_of, types
from adminapp.declaration import read_text
from adminapp.errors import Invalid
from adminapp.packages import applying
from adminapp.packages import plan as plans
from adminapp.packages import store as packages
from adminapp.packages.contents import Contents, collect, read
from adminapp.packages.files import MANIFEST, read_archive, read_folder, write_archive, write_folder
from adminapp.releases.model import STATES, WITHDRAWN
from adminapp.scope import Actor, acting

BASE = click.option("--base", type=click.Path(path_type=Path), help="Package both sides came from, when it is not the last one taken in.")
TAKE = click.option("--take", type=click.Choice(["ours", "theirs"]), help="Whose change holds where both sides changed the same.")


@types.command()
@FILES
@BASE
@with_engine
def diff(engine, files, base):
    """Say in sentences what publishing the files would change, and how many cases stand under the old version.

    Example: relief types diff schemas/relief_types/temporary.yaml
    """
    contents = contents_of(files)
    tell(engine, plans.make(engine, contents, base_of(contents, base)))


@types.command()
@FILES
@BASE
@TAKE
@click.option("--out", type=click.Path(path_type=Path), help="File to write the sealed plan to.")
@with_engine
def plan(engine, files, base, take, out):
    """Decide what taking in files or a package would publish, and seal it; exit 1 while conflicts or problems stand against it.

    Example: relief types plan province.zip --out plan.json
    """
    contents = contents_of(files)
    made = plans.make(engine, contents, base_of(contents, base), default=take or "")
    tell(engine, made)
    if out:
        out.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
        click.echo(f"计划已写入 {out}（校验值 {made['seal'][:12]}）")
    if against(made):
        raise click.ClickException("还不能执行")


@types.command()
@FILES
@BASE
@TAKE
@click.option("--reason", default="", help="Why, for the record.")
@with_engine
def apply(engine, files, base, take, reason):
    """Publish files, a package or a sealed plan, all of it or nothing; what is unchanged is left alone.

    Golden cases must hold. Goes out as a release, which `relief types rollback` takes back.

    Example: relief types apply plan.json
    """
    if len(files) == 1 and files[0].suffix == ".json":
        made = read_plan(files[0])
    else:
        contents = contents_of(files)
        made = plans.make(engine, contents, base_of(contents, base), default=take or "")
    if against(made):
        tell(engine, made)
        raise click.ClickException("有问题，没有发布任何内容")
    with acting(operator()) as actor:
        row = applying.apply(engine, made, actor, reason)
    for item in made["items"]:
        if item["action"] == plans.SAME:
            click.echo(f"{item['key']} 没有变化")
        elif item["kind"] == "type":
            done = engine.registry.get(item["key"])
            click.echo(f"已发布 {done.relief_type.name}（{done.key}）第 {done.version} 版")
        else:
            click.echo("已发布标准表")
    if row:
        click.echo(f"发布方案 {row['number']}；撤回用 relief types rollback {row['number']}")


@types.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why, for the record.")
@with_engine
def rollback(engine, number, reason):
    """Take back what a release published, while nothing was decided under it.

    Example: relief types rollback 2026-003 --reason "standard of another year"
    """
    with acting(operator()) as actor:
        row = applying.rollback(engine, number, actor, reason)
    click.echo(f"{row['number']} {STATES[row['state']]}" + ("" if row["state"] == WITHDRAWN else "，案件转回由后台任务完成"))


@types.command()
@click.argument("keys", nargs=-1)
@click.option("--to", "target", type=click.Path(path_type=Path), help="Folder or .zip file for the package; without it declarations go to standard output.")
@click.option("--name", default="", help="Whose package it is; what is taken in later under the same name is merged with what was changed meanwhile.")
@click.option("--standards/--no-standards", default=True, help="Whether the table of standards goes with it.")
@with_engine
def export(engine, keys, target, name, standards):
    """Write published types with golden cases and standards as a package: the same bytes for the same content.

    Example: relief types export --to county/ --name 凤凰县
    """
    if target is None:
        for key in keys or sorted(engine.registry.latest()):
            click.echo(engine.registry.get(key).source, nl=False)
        return
    made = collect(engine, keys, name, standards)
    if target.suffix == ".zip":
        target.write_bytes(write_archive(made.files()))
    else:
        write_folder(made.files(), target)
    click.echo(f"已导出 {len(made.types)} 个类型到 {target}（校验值 {made.digest[:12]}）")


# What the commands share


def contents_of(files) -> Contents:
    """Return what a folder, an archive or declaration files hold. Raise Invalid, or ClickException after naming every problem."""
    if len(files) == 1 and files[0].is_dir() and (files[0] / MANIFEST).exists():
        return read(read_folder(files[0]))
    if len(files) == 1 and files[0].suffix == ".zip":
        return read(read_archive(files[0].read_bytes()))
    found, keys, failed = {}, {}, False
    for path in paths_of(files):
        problems = problems_of(path, None, keys)
        failed = failed or bool(problems)
        for problem in problems:
            click.echo(f"{path}: {problem}", err=True)
        if not problems:
            text = path.read_text("utf-8")
            found[read_text(text).key] = text
    if failed:
        raise click.ClickException("有问题，没有发布任何内容")
    return Contents(types=found)


def base_of(contents: Contents, path: Path | None) -> Contents | None:
    """Return the package that both sides came from: the one named, or the last one of the same name."""
    return contents_of((path,)) if path else packages.base_of(contents.name)


def read_plan(path: Path) -> dict:
    """Return a plan from its file; whether it is whole and still fits shows when it is carried out."""
    try:
        made = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(f"读不出计划 {path}") from error
    if not isinstance(made, dict) or made.get("seal") != plans.seal_of(made):
        raise Invalid("这份计划不完整或被改动过，请重新生成")
    return made


def against(made: dict) -> bool:
    return bool(made["problems"] or [each for each in made["conflicts"] if not each["taken"]])


def tell(engine, made: dict):
    """Print what a plan changes, sentence by sentence, and what stands against it."""
    changed = [item for item in made["items"] if item["action"] != plans.SAME]
    for item in changed:
        click.echo(f"{item['title']}（{item['key']}）{plans.ACTIONS[item['action']]}")
        for sentence in item["sentences"]:
            click.echo(f"  {sentence}")
        if version := made["state"]["types"].get(item["key"], {}).get("version"):
            click.echo(f"  第 {version} 版下有 {count_cases(item['key'], version)} 件，继续按原版本办理。")
    for each in made["conflicts"]:
        taken = {"ours": "，采用本县的", "theirs": "，采用导入的"}.get(each["taken"], "，请用 --take 选定")
        click.echo(f"两边都改过 {each['path']}：本县“{each['ours'][:80]}”，导入“{each['theirs'][:80]}”{taken}", err=True)
    for problem in made["problems"]:
        click.echo(problem, err=True)
    click.echo(f"{len(changed)} 个类型有变化" if changed else "没有变化")


def operator() -> Actor:
    """Return whoever runs the server, as the record names them."""
    name = getpass.getuser()
    return Actor(f"cli:{name}", f"命令行 {name}", frozenset({"policy_admin"}), None)


def count_cases(key: str, version: int) -> int:
    """Return the number of cases of the whole county under one version; a number tells nothing of anybody."""
    return database.raw("cases").count_documents({"type": key, "schema_version": version})
