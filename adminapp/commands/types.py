"""`relief types`: check, compare, publish and export declarations."""

from pathlib import Path

import click

from adminapp import database
from adminapp.commands import with_engine
from adminapp.declaration import DeclarationError, read_text, to_text
from adminapp.declaration.checks import check as check_type
from adminapp.errors import Invalid
from adminapp.standards import read_file as read_standards

FOLDER = Path(__file__).parents[2] / "schemas" / "relief_types"
FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def types():
    """Relief types as files and packages: check, diff, plan, apply, rollback, export, list."""


@types.command()
@FILES
@click.option("--standards", type=click.Path(path_type=Path), help="File of standards the formulas may use.")
def check(files, standards):
    """Check declaration files, without a database; all problems together, exit 1 when there are any.

    Example: relief types check schemas/relief_types/temporary.yaml
    """
    known = read_standards(standards).types() if standards else read_standards().types()
    failed, keys = 0, {}
    for path in paths_of(files):
        problems = problems_of(path, known, keys)
        failed += bool(problems)
        for problem in problems:
            click.echo(f"{path}: {problem}", err=True)
    if failed:
        raise click.ClickException(f"{failed} 个文件有问题，没有发布任何内容")
    click.echo(f"{len(paths_of(files))} 个声明全部正确")


def problems_of(path: Path, known: dict[str, str] | None, keys: dict) -> list:
    """Return the problems of one file, of shape alone without `known` standards; `keys` remembers keys and codes of files seen before, to find doubles."""
    try:
        relief_type = read_text(path.read_text("utf-8"), str(path))
    except DeclarationError as error:
        return error.problems
    except (OSError, UnicodeDecodeError) as error:
        return [f"读不出文件：{error}"]
    problems = check_type(relief_type, known) if known is not None else []
    for name, value in (("key", relief_type.key), ("code", relief_type.code)):
        if (name, value) in keys:
            problems.append(f"{name}: “{value}”与 {keys[name, value]} 重复")
        keys[name, value] = path
    return problems


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
    for path in paths_of(files):
        text = to_text(read_text(path.read_text("utf-8"), str(path)))
        if text != path.read_text("utf-8"):
            path.write_text(text, "utf-8")
            click.echo(f"已整理 {path}")


def paths_of(files):
    paths = []
    for path in files or [FOLDER]:
        if not path.exists():
            raise Invalid(f"没有文件 {path}")
        paths += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return paths
