"""Many processes at once, and a look at the tables past every scope."""

from __future__ import annotations

import contextlib
import os
import traceback

import sqlalchemy as sa

from app.extensions import db


def rows(world, statement) -> list:
    """Read with every row in sight."""
    with world.system() as session:
        return session.execute(sa.text(statement) if isinstance(statement, str) else statement).all()


def let_go(app) -> None:
    """No connection may cross a fork."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def in_processes(app, number: int, work) -> list[str]:
    """Run `work(i)` in `number` forked processes at once, each with connections of its own; their tracebacks."""
    let_go(app)
    running = []
    for i in range(number):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _child(app, work, i, writer)
        os.close(writer)
        running.append((pid, reader))
    return [text for pid, reader in running if (text := _end_of(pid, reader))]


def _child(app, work, i: int, writer: int) -> None:
    try:
        with app.app_context():
            work(i)
    except BaseException:
        with contextlib.suppress(OSError):
            os.write(writer, traceback.format_exc().encode()[-60_000:])
    finally:
        os._exit(0)


def _end_of(pid: int, reader: int) -> str:
    with os.fdopen(reader, encoding="utf-8", errors="replace") as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and not text:
        return f"killed by signal {os.WTERMSIG(status)}"
    return text
