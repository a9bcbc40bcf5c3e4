"""`relief seed` and `relief demo`: the invented county, put into a database or shown at once."""

import os
import time

import click

from adminapp import database, dates, indexes, policy
from adminapp.commands import serve

HOME = "var/demo"
SMALL = 0.02
"""Scale of the demo: some 900 cases in two townships."""


class Day(click.ParamType):
    name = "day"

    def convert(self, value, param, context):
        return value if not isinstance(value, str) else dates.parse_date(value)


@click.command()
@click.option(
    "--scale", default=1.0, show_default=True, help="1 is a county of 15,000 households; below 0.1 two townships."
)
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same county.")
@click.option("--on", type=Day(), help="The day the county is seen on; today when left out.")
@click.option(
    "--again",
    is_flag=True,
    help="Go on with a county of the same seed that was interrupted; a complete one stays as it is.",
)
@click.pass_context
def seed(context, scale, number, on, again):
    """Fill an empty database with an invented county: accounts, cases, awards, a year of payments.

    Refuses a database that holds cases. Never use it on a real one: the password of the demo accounts is public.

    Example: relief seed --scale 0.02
    """
    begun = time.monotonic()
    counts = context.obj.county().build(context.obj.engine(), scale, number, on=on, again=again, progress=click.echo)
    words = "，".join(f"{LABELS.get(name, name)} {count}" for name, count in counts.items())
    click.echo(f"演示数据已就绪：{words}。用时 {time.monotonic() - begun:.0f} 秒")


LABELS = {"cases": "案件", "awards": "待遇", "events": "事件", "payment_lines": "发放明细"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Web worker processes.")
@click.option("--scale", default=SMALL, show_default=True, help="Size of the county at the first start.")
@click.pass_context
def demo(context, host, port, workers, scale):
    """Show the product with an invented county, on this computer, with nothing to set up.

    Data lie in RELIEF_HOME, or else in var/demo; delete the folder to begin anew.

    Example: relief demo
    """
    # A server that is set for real work is none of the demo's business.
    os.environ.pop("RELIEF_MONGODB_URI", None)
    os.environ.setdefault("RELIEF_HOME", HOME)
    os.environ["RELIEF_INSECURE_COOKIES"] = "1"
    engine = context.obj.engine(check_indexes=False)
    indexes.upgrade(database.current())
    county = context.obj.county()
    made = county.made() or {"scale": scale, "seed": 1}
    county.build(engine.refresh(), made["scale"], made["seed"], again=True, progress=click.echo)

    def ready():
        click.echo("\n".join(welcome(context.obj.greeting(), host, port)))

    raise SystemExit(serve.run(engine.settings, host, port, workers, ready))


def welcome(greeting, host: str, port: int):
    """Yield the lines that greet whoever started the demo."""
    people = greeting.demo_accounts()
    yield ""
    yield f"  浏览器打开 http://{host}:{port} ，所有账户的密码都是 {greeting.DEMO_PASSWORD}"
    yield ""
    for item in people:
        yield f"  {item.username:<22}{policy.ROLES.get(item.role, item.role)}　{item.place}　{item.name}"
    yield ""
    yield "  先试试："
    for line in greeting.hints():
        yield f"  · {line}"
    yield ""
    yield "  全部数据都是虚构的。按 Ctrl+C 停止。"
