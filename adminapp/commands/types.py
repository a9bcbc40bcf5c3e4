"""`relief types`: check, compare, publish and export declarations."""

import getpass
from pathlib import Path

import click

from adminapp import database
from adminapp.commands import with_engine
from adminapp.declaration import DeclarationError, read_text, to_text
from adminapp.declaration.checks import check as check_type
from adminapp.declaration.diff import describe
from adminapp.errors import Invalid
from adminapp.standards import read_file as read_standards

FOLDER = Path(__file__).parents[2] / "schemas" / "relief_types"
FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def types():
    """Relief types as files: check, diff, apply, export, list."""


@types.command()
@FILES
@click.option("--standards", type=click.Path(path_type=Path), help="File of standards the formulas may use.")
def check(files, standards):
    """Check declaration files, without a database; all problems together, exit 1 when there are any.

    Example: relief types check schemas/relief_types/temporary.yaml
    """
    known = read_standards(standards).types() if standards else read_standards().types()
    failed, keys = 0, {}
    for path in _paths(files):
        problems = problems_of(path, known, keys)
        failed += bool(problems)
        for problem in problems:
            click.echo(f"{path}: {problem}", err=True)
    if failed:
        raise click.ClickException(f"{failed} 个文件有问题，没有发布任何内容")
    click.echo(f"{len(_paths(files))} 个声明全部正确")


def problems_of(path: Path, known: dict[str, str], keys: dict) -> list:
    """Return the problems of one file; `keys` remembers keys and codes of files seen before, to find doubles."""
    try:
        relief_type = read_text(path.read_text("utf-8"), str(path))
    except DeclarationError as error:
        return error.problems
    except (OSError, UnicodeDecodeError) as error:
        return [f"读不出文件：{error}"]
    problems = check_type(relief_type, known)
    for name, value in (("key", relief_type.key), ("code", relief_type.code)):
        if (name, value) in keys:
            problems.append(f"{name}: “{value}”与 {keys[name, value]} 重复")
        keys[name, value] = path
    return problems


@types.command()
@FILES
@with_engine
def diff(engine, files):
    """Say in sentences what publishing the files would change, and how many cases stand under the old version.

    Example: relief types diff schemas/relief_types/temporary.yaml
    """
    changed = 0
    for path in _paths(files):
        new = read_text(path.read_text("utf-8"), str(path))
        old = engine.registry.latest().get(new.key)
        sentences = describe(old.relief_type if old else None, new)
        if not sentences:
            continue
        changed += 1
        click.echo(f"{new.name}（{new.key}）")
        for sentence in sentences:
            click.echo(f"  {sentence}")
        if old:
            click.echo(f"  第 {old.version} 版下有 {count_cases(new.key, old.version)} 件，继续按原版本办理。")
    click.echo(f"{changed} 个类型有变化" if changed else "没有变化")


def count_cases(key: str, version: int) -> int:
    """Return the number of cases of the whole county under one version; a number tells nothing of anybody."""
    return database.raw("cases").count_documents({"type": key, "schema_version": version})


@types.command()
@FILES
@with_engine
def apply(engine, files):
    """Publish the files as new versions; what is unchanged is left alone. Nothing is published when one has a problem.

    Example: relief types apply schemas/relief_types/temporary.yaml
    """
    known, keys = engine.standards.types(), {}
    problems = {path: found for path in _paths(files) if (found := problems_of(path, known, keys))}
    for path, found in problems.items():
        for problem in found:
            click.echo(f"{path}: {problem}", err=True)
    if problems:
        raise click.ClickException("有问题，没有发布任何内容")
    for path in _paths(files):
        done = engine.registry.publish(path.read_text("utf-8"), getpass.getuser(), known)
        click.echo(f"已发布 {done.relief_type.name}（{done.key}）第 {done.version} 版" if done else f"{path.stem} 没有变化")


@types.command()
@click.argument("keys", nargs=-1)
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write <key>.yaml files to; standard output when left out.")
@with_engine
def export(engine, keys, folder):
    """Write published declarations as they were applied, byte for byte.

    Example: relief types export temporary --to backup/
    """
    for key in keys or sorted(engine.registry.latest()):
        source = engine.registry.get(key).source
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{key}.yaml").write_bytes(source.encode())
        else:
            click.echo(source, nl=False)
    if folder:
        click.echo(f"已导出到 {folder}")


@types.command(name="list")
@with_engine
def list_types(engine):
    """List the published types with version, number of cases and digest."""
    for key, item in sorted(engine.registry.latest().items()):
        total = database.raw("cases").count_documents({"type": key})
        click.echo(f"{key:24} 第 {item.version} 版  {total:>7} 件  {item.digest[:12]}  {item.relief_type.name}")


@types.command(name="format")
@FILES
def format_files(files):
    """Rewrite declaration files in canonical form: order, quotes and line breaks, nothing else.

    Example: relief types format schemas/relief_types/temporary.yaml
    """
    for path in _paths(files):
        text = to_text(read_text(path.read_text("utf-8"), str(path)))
        if text != path.read_text("utf-8"):
            path.write_text(text, "utf-8")
            click.echo(f"已整理 {path}")


def _paths(files):
    paths = []
    for path in files or [FOLDER]:
        if not path.exists():
            raise Invalid(f"没有文件 {path}")
        paths += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return paths
