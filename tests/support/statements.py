"""Counting what a page asks the database."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine


@pytest.fixture
def statements():
    """`with statements() as seen:` fills `seen` with every SQL statement run meanwhile."""

    @contextmanager
    def watch():
        seen = []

        def note(_connection, _cursor, statement, *_):
            if statement.split(None, 1)[0].upper() not in ("BEGIN", "PRAGMA"):
                seen.append(statement)

        sa.event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(Engine, "before_cursor_execute", note)

    return watch
