"""系统运行: the administrator sees whether there is a backup, and asks for one (issue 3 §6)."""

import datetime as dt
import os
import re

import pytest

from app.casework.jobs import KINDS, enqueue
from app.casework.unit_of_work import unit_of_work
from app.organization.settings import Setting
from app.upkeep import backup
from app.upkeep.archive import Archive
from app.upkeep.backup import ABANDONED, FOLDER, Path
from app.upkeep.jobs import BACKUP, hour
from config import KEY_FILE
from tests.jobs.support import ask, kind, noting, row, work_off


def page(world, username="admin") -> str:
    answer = world.as_(username).get("/system/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def leave(world, days: float) -> Path:
    """A backup of some days ago, as far as its name tells."""
    then = backup.local(backup.utcnow()) - dt.timedelta(days=days)
    path = Path(world.app.config["DATA_DIR"]) / FOLDER / f"zhualuoshi-{then:%Y%m%d-%H%M%S}.tar"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"an old one")
    return path


def put(world, county, key: str, value: int) -> None:
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=county.id, key=key, value=value, valid_from=world.day))


def test_the_button_makes_a_backup_that_is_whole(world):
    world.hazard(photos=[world.stored()])
    answer = world.as_("admin").send("/system/backup")
    assert answer.status_code == 302 and re.fullmatch(r"/jobs/\d+", answer.headers["Location"])
    work_off(world.app)
    (kept,) = (Path(world.app.config["DATA_DIR"]) / FOLDER).iterdir()
    with Archive(kept) as archive:
        archive.verify()
    seen = page(world)
    assert kept.name in seen and "alert-danger" not in seen
    told = world.as_("admin").get(answer.headers["Location"]).get_data(as_text=True)
    assert kept.name in told
    assert "要求立即备份" in world.as_("auditor").get("/audit/").get_data(as_text=True)


@pytest.mark.one_database
def test_no_backup_for_two_days_is_red(world):
    installed = Path(world.app.config["DATA_DIR"]) / KEY_FILE
    installed.touch()
    assert "alert-danger" not in page(world), "the first night is still to come"
    old = (backup.utcnow() - dt.timedelta(days=2.1)).timestamp()
    os.utime(installed, (old, old))
    assert "最近 2 天没有备份" in page(world)
    leave(world, 1.5)
    assert "alert-danger" not in page(world)
    (newest,) = (Path(world.app.config["DATA_DIR"]) / FOLDER).iterdir()
    newest.unlink()
    leave(world, 2.1)
    seen = page(world)
    assert "alert-danger" in seen and "due-over" in seen


@pytest.mark.one_database
def test_backups_are_kept_for_the_longest_that_a_county_asks(world):
    old, older = leave(world, 13), leave(world, 15)
    strange = older.with_name("升级前.tar")
    strange.write_bytes(b"somebody's own")
    ask(world, None, BACKUP)
    work_off(world.app)
    assert old.exists() and not older.exists() and strange.exists()
    put(world, world.county, "backup_days", 3)
    put(world, world.other, "backup_days", 5)
    between = leave(world, 4)
    ask(world, None, BACKUP)
    work_off(world.app)
    assert between.exists() and not old.exists()


@pytest.mark.one_database
def test_what_a_killed_backup_left_is_cleared_away(world):
    folder = leave(world, 1).parent
    for name, age in ((".backup-killed", ABANDONED + 60), (".backup-running", 60)):
        (folder / name).mkdir()
        (folder / name / "draft.tar").write_bytes(b"half")
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    ask(world, None, BACKUP)
    work_off(world.app)
    assert not (folder / ".backup-killed").exists() and (folder / ".backup-running").exists()


@pytest.mark.one_database
def test_a_backup_that_fails_is_told_and_throws_no_other_away(world):
    old = leave(world, 15)
    aside = old.parent.rename(old.parent.with_name("aside"))
    old.parent.write_text("a file where the folder should be")
    job_id = ask(world, None, BACKUP)
    work_off(world.app)
    failed = row(world, job_id)
    assert failed.state == "failed" and "无法写入" in failed.error
    assert failed.error in page(world)
    assert (aside / old.name).exists()


@pytest.mark.one_database
def test_it_runs_each_night_at_the_hour_of_the_setting(world):
    assert KINDS[BACKUP].daily_at is hour
    with world.system() as session:
        assert hour(session, world.day) == 3
    put(world, world.county, "backup_hour", 1)
    with world.system() as session:
        assert hour(session, world.day) == 1


@pytest.mark.one_database
def test_the_page_says_how_to_restore_and_costs_few_statements(world, statements):
    kept = leave(world, 0.1)
    visitor = world.as_("admin")
    with statements() as seen:
        told = visitor.get("/system/").get_data(as_text=True)
    assert f"flask restore {world.app.config['DATA_DIR']}.old/backups/{kept.name}" in told
    assert len(seen) <= 15, len(seen)


@pytest.mark.one_database
def test_a_backup_is_never_to_be_had_over_the_web(world):
    """It holds every county's records and the key; the administrator sees no record."""
    kept = leave(world, 0.1)
    for address in (f"/system/{kept.name}", f"/backups/{kept.name}", f"/static/../var/backups/{kept.name}"):
        assert world.as_("admin").get(address).status_code == 404


def test_everybody_s_jobs_are_seen_and_called_off_but_not_what_they_are(world):
    """Whose, of which kind, how far; a title may name a file, which is the asker's business."""
    with kind(noting):
        with world.system() as session:
            with unit_of_work(session):
                job = enqueue(session, world.hats["yingji"], "test", {"q": "某矿"}, title="导入：某矿台账.xlsx")
            job_id = job.id
        foreign = ask(world, "other_yingji")
        systems = ask(world, by=None)
        seen = page(world)
        assert "yingji的人" in seen and "应急管理局" in seen and "某矿" not in seen
        assert f'id="job-{systems}"' in seen and f'id="job-{foreign}"' not in seen
        admin = world.as_("admin")
        assert admin.get(f"/jobs/{job_id}").status_code == 404, "and nothing more than that"
        for other in (foreign, systems, 9999):
            assert admin.send(f"/system/jobs/{other}/cancel").status_code == 404
        assert "已取消" in admin.send(f"/system/jobs/{job_id}/cancel", follow_redirects=True).get_data(as_text=True)
        assert (row(world, job_id).state, row(world, foreign).state) == ("cancelled", "queued")
        again = admin.send(f"/system/jobs/{job_id}/cancel", follow_redirects=True).get_data(as_text=True)
        assert "已经结束" in again and f'id="job-{job_id}"' not in again
    assert "系统管理员（admin的人）取消了这项任务" in world.as_("yingji").get(f"/jobs/{job_id}").get_data(as_text=True)
    assert world.as_("auditor").get("/audit/?verb=job_called_off").get_data(as_text=True).count('id="entry-') == 1
