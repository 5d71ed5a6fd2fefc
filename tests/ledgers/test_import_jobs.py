"""A long import is the worker's: confirmed as it was seen, entered once, or not at all."""

import re
from functools import partial

import pytest
import sqlalchemy as sa

from app.casework import later_texts, texts
from app.casework.imports import ImportDraft
from app.casework.jobs import Job
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from app.ledgers import entering
from app.organization.settings import Setting
from tests.hazards.ledgers import confirm, ledger, row, upload
from tests.jobs.support import die, ended, fork, let_lease_pass, work_off


@pytest.fixture
def draft(world, tmp_path):
    """The address of an import of five rows by yingji, in a county where four are too many for a page."""
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="import_job_rows", value=4, valid_from=world.day))
    path = ledger(tmp_path / "台账.xlsx", *(row(description=f"第{n}处灭火器失效") for n in range(5)))
    return upload(world.as_("yingji"), path).headers["Location"]


def hazards(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Hazard.__table__))


def jobs(world) -> list[Job]:
    with world.system() as session:
        return session.scalars(sa.select(Job).where(Job.kind == "import_hazards").order_by(Job.id)).all()


def test_confirmed_then_written_by_the_worker(world, draft):
    clerk = world.as_("yingji")
    answer = confirm(clerk, draft)
    assert "/jobs/" in answer.headers["Location"]
    assert hazards(world) == 0
    assert "正在后台写入" in clerk.get(draft).text
    assert clerk.send(f"{draft}/confirm", {"seen": "x"}).status_code == 302
    work_off(world.app)
    [job] = jobs(world)
    assert (job.state, job.title) == ("done", "导入：台账.xlsx"), job.error
    assert {key: job.result[key] for key in ("new", "changed", "unchanged", "left_out", "url")} == {
        "new": 5, "changed": 0, "unchanged": 0, "left_out": 0, "url": draft}
    assert hazards(world) == 5
    assert "新增 5" in clerk.get(draft).text


def test_pressed_twice_is_one_job(world, draft):
    clerk = world.as_("yingji")
    page = clerk.get(draft).text
    seen = {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]}
    first, second = (clerk.send(f"{draft}/confirm", seen).headers["Location"] for _press in range(2))
    assert first == second
    assert len(jobs(world)) == 1


def test_what_changed_since_is_not_written(world, draft):
    clerk = world.as_("yingji")
    confirm(clerk, draft)
    clerk.send(f"{draft}/fix", {"fix:台账!3!measures": "另换一具"})
    work_off(world.app)
    [job] = jobs(world)
    assert (job.state, hazards(world)) == ("failed", 0)
    assert "核对" in job.error
    assert "/jobs/" in confirm(clerk, draft).headers["Location"], "it can be confirmed again"
    work_off(world.app)
    assert hazards(world) == 5


def test_killed_in_the_middle_it_is_written_once(world, draft, monkeypatch):
    confirm(world.as_("yingji"), draft)
    [job] = jobs(world)

    def killed():
        monkeypatch.setattr(entering, "_finish", partial(die))
        work_off(world.app)

    assert ended(fork(world.app, killed)) == -9
    assert hazards(world) == 0
    let_lease_pass(world, job.id)
    work_off(world.app)
    assert (hazards(world), jobs(world)[0].state) == (5, "done")
    with world.system() as session:
        assert session.scalar(sa.select(ImportDraft.outcome)) == "done"


def test_short_ones_are_written_at_once(world, tmp_path):
    draft = upload(world.as_("yingji"), ledger(tmp_path / "a.xlsx", row())).headers["Location"]
    assert confirm(world.as_("yingji"), draft).headers["Location"] == draft
    assert (hazards(world), jobs(world)) == (1, [])


def test_the_words_of_many_rows_are_the_workers(world, tmp_path, monkeypatch):
    """They would keep everybody else's save waiting; the rows themselves are there at once."""
    monkeypatch.setattr(later_texts, "AT_ONCE", 2)
    clerk = world.as_("yingji")
    for words, count in (("灭火器过期", 2), ("电缆沟积水未排", 5)):
        path = ledger(tmp_path / f"{words}.xlsx", *(row(description=f"{n}号{words}") for n in range(count)))
        confirm(clerk, upload(clerk, path).headers["Location"])
    assert hazards(world) == 7
    assert (len(said(world, "灭火器过期")), len(said(world, "电缆沟"))) == (2, 0)
    work_off(world.app)
    assert len(said(world, "电缆沟")) == 5
    with world.system() as session:
        assert not session.execute(texts.differing(Hazard)).all()


def said(world, words: str) -> list[int]:
    with world.system() as session:
        return session.execute(texts.where_said((words,))).scalars().all()
