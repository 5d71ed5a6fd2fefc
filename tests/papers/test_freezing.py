"""A paper is fixed with its case's transaction and rendered after it, once, whoever comes first."""

import datetime as dt
import hashlib
import io

import pytest
import sqlalchemy as sa
from docx import Document

from app.casework.attachments import Attachment, path_of
from app.casework.cases import sync_parties
from app.casework.invariants import check as invariants
from app.casework.jobs import Job
from app.casework.orphans import sweep_uploads
from app.casework.unit_of_work import unit_of_work
from app.letters.models import Letter, LetterItem, Trigger
from app.papers import operations
from app.papers.models import Paper
from tests.jobs.support import work_off

_files, _papers, _jobs = Attachment.__table__, Paper.__table__, Job.__table__


@pytest.fixture
def frozen(world):
    """`(case id, paper id)` of a letter signed a moment ago; its Word file is still owed."""
    with world.app.test_request_context(), world.system() as session, unit_of_work(session):
        hat = world.hats["office_head"]
        letter = Letter(
            county_id=world.county.id, filed_by_id=world["office"], number="阳安办函〔2026〕1号", state="issued",
            title="关于大风天气防范的提示函", type="advisory", issued=True, happened_on=world.day,
            state_since=world.day,
            grounds="据预报有大风。\n请注意防范。", requirements="停止高处作业。", reply_required=True, reply_days=7,
            plan_days=3, planned=[{"unit": world[code], "via": None} for code in ("fengcheng", "beiliu")],
            signer="某某", signed_on=world.day,
            items=[LetterItem(position=1, text="塔吊未固定。", due=world.day)],
            triggers=[Trigger(situation="6"), Trigger(situation="3"), Trigger(situation="6")],
        )
        session.add(letter)
        session.flush()
        sync_parties(session, letter, [(world["office"], "filing", True), (world["fengcheng"], "recipient", False)])
        paper = operations.freeze(session, hat, letter, "letter", world.day)
        found = letter.id, paper.id
    return found


def texts(world, sha256: str) -> list[str]:
    content = path_of(world.app.config["DATA_DIR"], sha256).read_bytes()
    return [p.text for p in Document(io.BytesIO(content)).paragraphs]


def rows(world, statement) -> list:
    with world.system() as session:
        return session.execute(statement).all()


def test_the_file_says_what_was_signed(world, frozen):
    case_id, _paper = frozen
    with world.app.app_context():
        operations.render_owed(case_id)
    (paper,) = rows(world, sa.select(_papers))
    (file,) = rows(world, sa.select(_files))
    assert file.sha256 == paper.sha256 and (file.case_id, file.purpose) == (case_id, "paper")
    assert file.original_name == "关于大风天气防范的提示函.docx"
    content = path_of(world.app.config["DATA_DIR"], paper.sha256).read_bytes()
    assert hashlib.sha256(content).hexdigest() == paper.sha256
    said = texts(world, paper.sha256)
    assert "阳安办函〔2026〕1号" in said and "各乡（镇）人民政府：" in said
    assert [line for line in said if line.startswith(("据", "请注意", "1."))] == [
        "据预报有大风。", "请注意防范。", "1. 塔吊未固定（2026年3月20日前整改）。"]
    assert any("四（二）3、四（二）6" in line for line in said)
    assert "请自签收本函之日起，3个工作日内报送整改方案，7个工作日内书面报送整改落实情况。" in said


def test_the_worker_makes_it_when_the_request_could_not(world, frozen):
    """Killed between commit and file: the job was asked for in the same transaction."""
    (job,) = rows(world, sa.select(_jobs).where(_jobs.c.kind == "paper"))
    assert job.params == {"paper": frozen[1]} and job.state == "queued"
    work_off(world.app)
    (paper,) = rows(world, sa.select(_papers))
    assert paper.sha256 is not None and len(rows(world, sa.select(_files))) == 1


def test_who_comes_second_adds_nothing(world, frozen):
    with world.app.app_context():
        operations.render_owed(frozen[0])
    work_off(world.app)
    assert len(rows(world, sa.select(_files))) == 1


def test_another_template_changes_no_signed_paper(world, frozen):
    with world.app.test_request_context(), world.system() as session:
        operations.add_template(session, world.hats["office_head"], "letter", None, "", world.day)
    (before,) = rows(world, sa.select(_papers))
    with world.app.app_context():
        operations.render_owed(frozen[0])
    (after,) = rows(world, sa.select(_papers))
    assert (before.template_sha256, before.context) == (after.template_sha256, after.context)


def test_the_templates_of_papers_are_kept_and_checked(world, frozen):
    (paper,) = rows(world, sa.select(_papers))
    folder = world.app.config["DATA_DIR"]
    with world.system() as session:
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
        sweep_uploads(session, folder, later)
        assert path_of(folder, paper.template_sha256).exists()
        path_of(folder, paper.template_sha256).unlink()
        assert paper.template_sha256 in [fault.where for fault in invariants(session, folder)]
