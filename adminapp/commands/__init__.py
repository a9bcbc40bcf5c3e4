"""Commands of `relief`, one module per group. Each parses, calls one function, prints one line or a short list."""

import functools

import click


def with_engine(command):
    """Open the engine for a command; it is closed when the command ends."""

    @functools.wraps(command)
    @click.pass_context
    def call(context, *args, **kwargs):
        return context.invoke(command, context.obj.engine(), *args, **kwargs)

    return call
