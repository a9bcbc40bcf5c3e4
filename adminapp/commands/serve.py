"""`relief serve` and `relief demo`: the web server and the job consumer, side by side, stopped together."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import click

from adminapp import mongod
from adminapp.errors import SetupError
from adminapp.jobs import consumer
from adminapp.outputs import outputs

STOP_SECONDS = 30


def run(settings, host: str, port: int, workers: int, ready=None):
    """Run gunicorn and the consumer until one ends or a signal comes; return the exit code.

    With no server named the embedded one is held for as long as this runs. `ready` is called once the port answers.
    """
    click.echo("正在准备文书字体（仅首次需要约 10 秒）……")
    outputs["fonts"](settings.home)
    with ExitStack() as stack:
        uri = settings.mongodb_uri or stack.enter_context(mongod.embedded(settings.home, cache_gb=settings.cache_gb))
        environment = {**os.environ, "RELIEF_MONGODB_URI": uri, "RELIEF_HOME": str(settings.home)}
        web = [
            sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", str(workers), "--worker-class", "gthread",
            "--threads", "4", "--timeout", "60", "--graceful-timeout", "30", "--max-requests", "20000", "--max-requests-jitter", "2000",
            "--log-level", "warning", "--no-control-socket", "adminapp.app:create_app()",
        ]  # fmt: skip
        processes = [subprocess.Popen(web, env=environment), subprocess.Popen([sys.executable, "-m", "adminapp.cli", "consume"], env=environment)]
        stack.callback(_stop, processes)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if ready:
            _wait(host, port, processes)
            ready()
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0
        return next(process.returncode for process in processes if process.poll() is not None) or 1


def _wait(host, port, processes):
    import socket

    for _ in range(600):
        if any(process.poll() is not None for process in processes):
            raise SetupError("服务没有启动成功，请看上面的提示")
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SetupError(f"服务在 60 秒内没有在 {host}:{port} 应答")


def _stop(processes):
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Web worker processes.")
@click.option("--uri", default="", help="Existing MongoDB (replica set); the embedded server when left out.")
@click.pass_context
def serve(context, host, port, workers, uri):
    """Serve the product: web workers and the job consumer.

    Example: relief serve --uri 'mongodb://db1,db2,db3/?replicaSet=rs0'
    """
    if uri:
        os.environ["RELIEF_MONGODB_URI"] = uri
    engine = context.obj.engine()
    raise SystemExit(run(engine.settings.replaced(mongodb_uri=uri or engine.settings.mongodb_uri), host, port, workers))


@click.command()
@click.option("--workers", default=1, show_default=True, help="Jobs at the same time.")
@click.pass_context
def consume(context, workers):
    """Run jobs (notices, payment lists, imports) until told to stop; `relief serve` starts this by itself.

    Example: relief consume
    """
    consumer.run(context.obj.engine(), workers)
