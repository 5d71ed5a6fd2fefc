"""The server's logs: one JSON object a line, nobody's name, phone or search in them, kept and packed (issue 3 §6)."""

import gzip
import json
import logging
import os
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest
from flask import request, request_finished
from sqlalchemy.exc import IntegrityError

from app.upkeep import logs
from tests.support.processes import Running, signs_in

pytestmark = pytest.mark.one_database
NAME, PHONE, SECRET = "张建国", "13835601234", "Wrong-Password-77"
KEYS = {"time", "level", "logger", "process", "method", "path", "status", "ms", "bytes", "user"}


def said(record: logging.LogRecord) -> dict:
    """The line that a record becomes."""
    return json.loads(logs.JsonLines().format(record))


def record_of(error: Exception, message: str = "failed") -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("app", logging.ERROR, __file__, 1, message, (), sys.exc_info())


def status_of(port: int, header: str) -> int:
    """The answer's status to a request with a header that no browser sends."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"GET /login/ HTTP/1.1\r\n{header}\r\n\r\n".encode())
        return int(line.makefile("rb").readline().split()[1])


def test_requests_are_lines_without_what_was_typed(tmp_path):
    """Typed into a search, a login, a form: none of it is found in any file of the logs' folder."""
    data = tmp_path / "var"
    with Running(data, "--demo") as product:
        query = urllib.parse.urlencode({"q": f"{NAME}{PHONE}"})
        for address in (f"/hazards/?{query}", f"/nowhere/{PHONE}?{query}", "/healthz"):
            try:
                urllib.request.urlopen(f"{product.url}{address}").close()
            except urllib.error.HTTPError as answer:
                answer.close()
        for nonsense in ("Content-Length: -1", "Host: a..b", "Host: xn--a"):  # by one that stays
            assert status_of(product.port, nonsense) == 400
        assert not signs_in(product.url, PHONE, SECRET)
        assert signs_in(product.url, "anban", (data / "demo_password").read_text())
        product.end()
    files = list((data / "logs").iterdir())
    assert {"access.log", "web.log"} <= {path.name for path in files}
    everything = "".join(path.read_text(encoding="utf-8") for path in files)
    for typed in (NAME, PHONE, SECRET, "anban", "?", urllib.parse.quote(NAME)):
        assert typed not in everything, typed
    assert "Exception in worker process" not in everything
    lines = [json.loads(line) for path in files if path.name != "raw.log" for line in path.read_text().splitlines()]
    visits = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert all(set(line) == KEYS for line in visits)
    assert {(line["method"], line["path"], line["status"]) for line in visits} >= {
        ("GET", "/hazards/", 302), ("GET", "/nowhere/…", 404), ("GET", "/healthz", 200), ("POST", "/login/", 302)}


def test_who_was_logged_in_is_a_number(world):
    """The access log finds it in the request's environment."""
    seen = []
    with request_finished.connected_to(lambda *_, **__: seen.append(request.environ[logs.USER]), world.app):
        for visitor in (world.as_("yingji"), world.app.test_client()):
            visitor.get("/basis/").close()
    assert seen == [world.users["yingji"], None]


def test_a_fault_tells_its_kind_and_place_not_its_words():
    driver = Exception(f"Key (name)=({NAME}) already exists")
    driver.sqlstate = "23505"
    line = said(record_of(IntegrityError(f"INSERT … {NAME}", {"phone": PHONE}, driver)))
    assert NAME not in str(line) and PHONE not in str(line)
    assert line["fault"][0]["kind"] == "IntegrityError" and line["fault"][0]["code"] == "23505"
    assert any("test_logs.py" in place and "record_of" in place for place in line["fault"][0]["at"])


def test_a_message_loses_addresses_and_numbers():
    line = said(record_of(ValueError(), f"Error handling request /hazards/?q={NAME} of {PHONE}, 110101199003077777"))
    assert line["message"] == "Error handling request /hazards/… of …, …"


def test_a_line_break_stays_within_its_line():
    assert "\n" not in logs.JsonLines().format(record_of(ValueError(), "one\ntwo"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "access.log").write_text('{"time": "2026-11-01T00:00:01.000+08:00"}\n')
    (tmp_path / "worker.log").write_text(f'{{"time": "{logs.local(logs.utcnow()).isoformat()}"}}\n')
    return tmp_path


def test_each_day_begins_a_file_and_old_ones_go(folder):
    for name in ("access-20200101-000000.log.gz", "raw.log", "notes-about.log.txt"):
        (folder / name).write_text("x")
    assert logs.set_aside(folder, 183) == 1
    names = {path.name for path in folder.iterdir()}
    assert "access.log" not in names and "access-20200101-000000.log.gz" not in names
    assert {"worker.log", "raw.log", "notes-about.log.txt"} <= names
    (aside,) = folder.glob("access-*.log")
    then = aside.stat().st_mtime - logs.STILL - 1
    os.utime(aside, (then, then))
    assert logs.set_aside(folder, 183) == 0
    (packed,) = folder.glob("access-*.log.gz")
    with gzip.open(packed, "rt") as file:
        assert "2026-11-01" in file.read()


def test_a_large_file_is_set_aside_on_the_same_day(folder):
    with (folder / "worker.log").open("a") as file:
        file.truncate(logs.LARGEST + 1)
    logs.set_aside(folder, 183)
    assert not (folder / "worker.log").exists()


def test_who_writes_notices_that_the_file_was_set_aside(folder):
    writer = logs.handler(folder / "access.log")
    line = logging.LogRecord("app", logging.INFO, "", 1, "one", (), None)
    writer.emit(line)
    logs.set_aside(folder, 183)
    writer.emit(line)
    writer.close()
    assert len((folder / "access.log").read_text().splitlines()) == 1
    (aside,) = folder.glob("access-*.log")
    assert len(aside.read_text().splitlines()) == 2
