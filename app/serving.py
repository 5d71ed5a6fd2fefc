"""Web server and worker as one thing that starts together, ends together and leaves nothing running.

The supervisor forks the two from a process that has imported the product but opened no connection, so a
database socket is never shared and the second start is quick.  Each server process makes its own application.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication

from app.upkeep import logs

PATIENCE = 15  # seconds that a request in progress gets when the server stops
START_SECONDS = 60  # how long the first worker may take to answer
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class NotStarted(Exception):
    """The server could not be started; the text says why."""


class Server(BaseApplication):
    """Gunicorn with sync workers: the framework's views keep per-request state, which threads would mix."""

    def __init__(self, app: Flask, host: str):
        self.app, self.host = app, host
        super().__init__()

    def load_config(self):
        folder = Path(self.app.config["DATA_DIR"])
        for key, value in {
            "bind": f"{self.host}:{self.app.config['PORT']}",
            "workers": workers(),
            "timeout": 120,  # an import of some thousand rows
            "graceful_timeout": PATIENCE,
            "worker_tmp_dir": str(folder / "tmp"),
            "accesslog": str(folder / logs.FOLDER / "access.log"),
            "errorlog": str(folder / logs.FOLDER / "web.log"),
            "logger_class": logs.WebLogger,
            "control_socket_disable": True,  # it would stand in the home folder
            "post_fork": die_with_parent,
            "proc_name": "zhualuoshi",
        }.items():
            self.cfg.set(key, value)

    def load(self):
        app = another(self.app)
        gc.collect()
        gc.freeze()  # the product itself never goes: looking through it cost a tenth of a second, every sixty pages
        return app


def workers() -> int:
    return min(4, max(2, os.cpu_count() or 2))


def another(app: Flask) -> Flask:
    """A second application with the same settings, for another process."""
    from app import create_app  # the factory imports the commands, which import this module

    return create_app(app.config["CONFIG"], DATA_DIR=app.config["DATA_DIR"], DATABASE_URL=app.config["DATABASE_URL"])


def run_web(app: Flask, host: str) -> None:
    belong_to_supervisor()
    logs.raw_output(Path(app.config["DATA_DIR"]) / logs.FOLDER)
    sys.argv = ["gunicorn"]
    Server(app, host).run()


def run_worker(app: Flask) -> None:
    from app.worker import work  # as above

    belong_to_supervisor()
    folder = Path(app.config["DATA_DIR"]) / logs.FOLDER
    logs.raw_output(folder)
    logs.to_file(folder / "worker.log")
    work(another(app))


def belong_to_supervisor() -> None:
    """Ctrl-C reaches the supervisor alone, and its sudden death takes its children along."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    die_with_parent()


def die_with_parent(server=None, worker=None) -> None:
    """As gunicorn calls it in each worker, too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


def serve(app: Flask, host: str, announce) -> None:
    """Run until SIGINT or SIGTERM, then stop both; `announce()` is called once the first page can be had.

    Raises NotStarted when the port is taken, or when one of the two ends by itself (the other is stopped first).
    """
    refuse_taken_port(host, app.config["PORT"])
    folder = Path(app.config["DATA_DIR"])
    for name in (logs.FOLDER, "tmp"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "tmp")
    fork = multiprocessing.get_context("fork")
    with stopping_on_signals():
        children = [fork.Process(target=run_web, args=(app, host)), fork.Process(target=run_worker, args=(app,))]
        try:
            for child in children:
                child.start()
            wait_for_answer(host, app.config["PORT"], children, folder)
            announce()
            while all(child.is_alive() for child in children):
                time.sleep(0.2)
            raise NotStarted(_("The server has stopped by itself; see {folder}.").format(folder=folder / logs.FOLDER))
        except KeyboardInterrupt:
            pass
        finally:
            stop(children)


@contextmanager
def stopping_on_signals():
    """SIGTERM, SIGHUP (a closed terminal) and Ctrl-C all arrive as KeyboardInterrupt, once."""

    def interrupt(number, frame):
        for each in signals:
            signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not cut the clean stop short
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def stop(children) -> None:
    for child in children:
        if child.is_alive():
            child.terminate()
    for child in children:
        if child.pid:
            child.join(PATIENCE + 5)
        if child.is_alive():
            child.kill()


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise NotStarted(_("Port {port} cannot be used (taken, or not permitted).").format(port=port)) from None


def wait_for_answer(host: str, port: int, children, folder: Path) -> None:
    """Return when a worker answers a request; a listening socket alone proves nothing."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(child.is_alive() for child in children):
        try:
            with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout=5) as connection:
                connection.settimeout(START_SECONDS)
                connection.sendall(b"HEAD /login/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if connection.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise NotStarted(_("The server did not start; see {folder}.").format(folder=folder / logs.FOLDER))
