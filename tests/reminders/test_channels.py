"""Channels over HTTP, and a digest received by a real server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.jobs import Job
from app.reminders.models import Channel
from tests.jobs.support import work_off

_channels, _jobs, _entries = Channel.__table__, Job.__table__, TimelineEntry.__table__


@pytest.fixture
def robot():
    """A group's robot: `said` is what it was told; `answer` the status that it answers with."""

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self):
            server.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(server.answer)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listening)
    server.said, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def channel(world, robot, **more) -> int:
    """A channel of 凤城镇, made by the administrator; its id."""
    url = f"json://127.0.0.1:{robot.server_port}/secret-token"
    data = {"name": "镇群", "organization_id": world["fengcheng"], "url": url, "active": "1", **more}
    assert world.as_("admin").send("/channels/new", data).status_code == 302
    with world.system() as session:
        return session.execute(sa.select(sa.func.max(_channels.c.id))).scalar_one()


def row(world, channel_id: int):
    with world.system() as session:
        return session.execute(sa.select(_channels).where(_channels.c.id == channel_id)).one()


def send(world, channel_id: int) -> None:
    assert world.as_("admin").send(f"/channels/{channel_id}/try").status_code == 302
    work_off(world.app)


def test_a_digest_tells_numbers_and_no_names(world, robot):
    world.hazard(rectifiers=[world["fengcheng"]], due=world.day, description="配电箱冒烟")
    send(world, channel(world, robot))
    (said,) = robot.said
    assert "凤城镇 2026-03-20：逾期0件，今天到期1件，即将到期0件。" in said["message"]
    assert "配电箱" not in json.dumps(said, ensure_ascii=False) and "试验铸造厂" not in said["message"]
    assert row(world, 1).sent_at is not None and row(world, 1).failed is None


def test_a_failure_is_told_and_tried_again(world, robot):
    channel_id = channel(world, robot)
    robot.answer = 500
    send(world, channel_id)
    assert "没有接收" in row(world, channel_id).failed
    assert "没有接收" in world.as_("admin").get("/channels/").text
    with world.system() as session:
        job = session.execute(sa.select(_jobs).where(_jobs.c.kind == "digest")).one()
    assert (job.state, job.attempt) == ("queued", 1)


def test_the_secret_is_neither_shown_nor_recorded(world, robot):
    channel_id = channel(world, robot)
    admin = world.as_("admin")
    page = admin.get(f"/channels/{channel_id}").text + admin.get("/channels/").text
    assert "secret-token" not in page
    with world.system() as session:
        assert "secret-token" not in str(session.execute(sa.select(_entries.c.extra)).all())


def test_an_address_left_empty_stays(world, robot):
    channel_id = channel(world, robot)
    kept = row(world, channel_id)
    data = {"name": "镇里的群", "organization_id": world["fengcheng"], "url": "", "active": "0",
            "version": kept.version}
    assert world.as_("admin").send(f"/channels/{channel_id}", data).status_code == 302
    now = row(world, channel_id)
    assert (now.url, now.name, now.active) == (kept.url, "镇里的群", False)
    assert world.as_("admin").send(f"/channels/{channel_id}", data).status_code == 409  # as it was seen before


@pytest.mark.parametrize("wrong", [{"url": "nonsense"}, {"url": ""}, {"name": ""}, {"organization_id": ""},
                                   {"organization_id": "firm"}])
def test_what_cannot_be_is_told_and_kept_in_the_form(world, robot, wrong):
    if wrong.get("organization_id") == "firm":
        wrong = {"organization_id": world["firm"]}
    data = {"name": "镇群", "organization_id": world["fengcheng"], "url": "json://127.0.0.1/x", "active": "1", **wrong}
    answer = world.as_("admin").send("/channels/new", data)
    assert answer.status_code == 422 and ("镇群" in answer.text or wrong.get("name") == "")


def test_another_countys_channel_does_not_exist(world, robot):
    channel_id = channel(world, robot)
    other = world.as_("other_admin")
    assert "镇群" not in other.get("/channels/").text
    assert other.get(f"/channels/{channel_id}").status_code == 404
    assert other.send(f"/channels/{channel_id}/try").status_code == 404
