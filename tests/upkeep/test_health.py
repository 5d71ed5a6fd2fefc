"""`/healthz`: a machine's question, answered without login and without telling anything (issue 3 §6)."""

import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.health import BEAT, beat
from app.organization.settings import DEFINITIONS, Setting
from app.upkeep.health import SILENT
from tests.support.processes import free_port


@pytest.fixture
def alive(app):
    """The application with a worker that was just seen."""
    beat(app.config["DATA_DIR"])
    return app


def test_all_is_well(alive, client):
    least = DEFINITIONS["least_free_megabytes"].default << 20
    assert shutil.disk_usage(alive.config["DATA_DIR"]).free > least, "the machine that tests is full"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    assert client.get("/healthz", headers={"Accept": "application/json"}).status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("age", [None, SILENT + 60])
def test_a_worker_that_is_gone_is_told(alive, client, age):
    path = Path(alive.config["DATA_DIR"]) / BEAT
    if age is None:
        path.unlink()
    else:
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    answer = client.get("/healthz")
    assert answer.status_code == 503 and len(answer.json["problems"]) == 1 and "后台" in answer.json["problems"][0]


def test_a_disk_with_less_room_than_the_office_wants_is_told(world):
    beat(world.app.config["DATA_DIR"])
    client = world.app.test_client()
    assert client.get("/healthz").status_code == 200
    wanted = (shutil.disk_usage(world.app.config["DATA_DIR"]).free >> 20) * 2
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="least_free_megabytes", value=wanted, valid_from=world.day))
    answer = client.get("/healthz")
    assert answer.status_code == 503 and len(answer.json["problems"]) == 1 and "硬盘" in answer.json["problems"][0]


def test_tables_of_another_release_are_told(alive, client):
    with alive.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    answer = client.get("/healthz")
    assert answer.status_code == 503 and "版本" in answer.json["problems"][0]


@pytest.mark.one_database
def test_a_database_that_does_not_answer_is_told_without_its_address(app, tmp_path):
    nowhere = create_app("test", DATA_DIR=str(tmp_path), SQLALCHEMY_DATABASE_URI=(
        f"postgresql+psycopg://someone:hidden@127.0.0.1:{free_port()}/county"))
    beat(tmp_path)
    answer = nowhere.test_client().get("/healthz")
    assert answer.status_code == 503 and "数据库" in answer.json["problems"][0]
    assert "hidden" not in answer.text and "127" not in answer.text


@pytest.mark.one_database
def test_it_takes_no_other_verb(alive, client):
    assert client.post("/healthz").status_code in (400, 405)
