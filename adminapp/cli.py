"""The command `relief`: puts the commands together and turns errors for people into one sentence and an exit code."""

import sys

import click

from adminapp import database, parts
from adminapp.commands.backup import backup
from adminapp.commands.db import audit, db
from adminapp.commands.fonts import fonts
from adminapp.commands.payments import payments
from adminapp.commands.seed import demo, seed
from adminapp.commands.serve import consume, serve
from adminapp.commands.setup import init, ready
from adminapp.commands.supervision import supervision
from adminapp.commands.type_packages import types
from adminapp.commands.users import user
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.errors import ReliefError
from adminapp.jobs import queue
from schemas.case import CaseBase


class Program:
    """What commands share: the engine, opened at most once."""

    def __init__(self):
        self._engine = None

    def engine(self, check_indexes: bool = True) -> Engine:
        if self._engine is None:
            self._engine = Engine(read_settings(), CaseBase).connect(check_indexes)
            queue.use(self._engine.settings)
        return self._engine

    def county(self):
        """Return the module of the demo county, loaded only when somebody asks for it."""
        from seed import county

        return county

    def greeting(self):
        """Return the module that says what to try first in the demo county."""
        from seed import greeting

        return greeting

    def drill(self):
        """Return the module of the payments drill, loaded only when somebody runs it."""
        from seed.drill import run

        return run


class Sentences(click.Group):
    """Errors for people end a command with their sentence, never with a traceback."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except ReliefError as error:
            click.echo(str(error), err=True)
            context.exit(error.exit_code)
        finally:
            database.close()


@click.group(cls=Sentences)
@click.pass_context
def main(context):
    """Relief administration of a county: relief types, cases, notices, payments."""
    parts.register()
    context.obj = Program()


COMMANDS = [
    init,
    ready,
    types,
    db,
    audit,
    backup,
    user,
    fonts,
    payments,
    supervision,
    serve,
    consume,
    seed,
    demo,
]
for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    sys.exit(main())
