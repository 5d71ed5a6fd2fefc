"""Loading the demo county through the same operations as any user's."""
import datetime as dt

import pytest
import sqlalchemy as sa

from app import demo
from app.access.scope import system_session
from app.casework.attachments import Attachment, path_of
from app.casework.cases import Case
from app.casework.history import TimelineEntry, state_as_of
from app.demo import loading, stories, task_stories
from app.hazards.models import Hazard, Round
from app.hazards.states import HazardState
from app.organization.models import Enterprise, EnterpriseRegulator, Post, User
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.states import TaskState
from app.upkeep.checking import check_all

TODAY = dt.date(2026, 11, 23)
PASSWORD = "invented-for-the-test"
TABLES = (Case, Hazard, Round, Attachment, TimelineEntry, User, Post, Enterprise, EnterpriseRegulator, Task, Share,
          Progress, FollowUp)


def counts(app):
    with app.app_context(), system_session("test") as session:
        return [session.scalar(sa.select(sa.func.count()).select_from(table.__table__)) for table in TABLES]


@pytest.fixture
def county(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", PASSWORD)
    return app


def test_a_county_with_everything_in_it(county, visitor):
    said = []
    demo.load(county, TODAY, said.append)
    assert "演示县：问题隐患 300/300" in said and "演示县：重点任务 37/37" in said
    assert said[-1].startswith("演示县：升级建议")
    with county.app_context(), system_session("test") as session:
        kinds = session.execute(sa.select(Case.kind, Case.state).distinct()).all()
        assert {state for kind, state in kinds if kind == "hazard"} == set(HazardState)
        assert {state for kind, state in kinds if kind == "task"} == set(TaskState)
        assert {state for kind, state in kinds if kind == "task_share"} == set(TaskState) - {TaskState.DRAFT}
        assert {state for kind, state in kinds if kind == "ledger_submission"} == {
            "owed", "submitted", "returned", "approved"}
        stale = session.scalar(
            sa.select(sa.func.count()).select_from(Case.__table__).where(Case.__table__.c.state != state_as_of(TODAY))
        )
        assert stale == 0, "the present state is the history's last word"
        assert session.scalar(sa.select(sa.func.max(Round.number))) >= 3
        assert session.scalar(sa.select(Hazard.id).where(Hazard.level == "major", Hazard.listing == "listed").limit(1))
        verbs = set(session.scalars(sa.select(TimelineEntry.verb)))
        assert {"approve_extension", "accept_transfer", "merge", "reopen", "correct", "approve_cancel"} <= verbs
        claims, passes = (
            set(session.execute(sa.select(TimelineEntry.case_id, TimelineEntry.user_id).where(TimelineEntry.verb == v)))
            for v in ("claim", "pass_recheck")
        )
        assert not claims & passes, "who reported completion never closed it out"
        for sha256 in session.scalars(sa.select(Attachment.sha256).distinct()):
            assert path_of(county.config["DATA_DIR"], sha256).is_file()
        daily = session.execute(
            sa.select(sa.func.count()).where(EnterpriseRegulator.is_daily).group_by(EnterpriseRegulator.enterprise_id)
        ).scalars()
        assert set(daily) == {1}
        assert check_all(county.config["DATA_DIR"], hashing=False).faults == []
    before = counts(county)
    demo.load(county, TODAY, said.append)
    assert counts(county) == before, "a second load adds nothing"
    visitor("qiye", PASSWORD)


def test_only_the_listed_accounts_can_sign_in(county, monkeypatch):
    monkeypatch.setattr(stories, "COUNT", 0)
    monkeypatch.setattr(task_stories, "COUNT", 0)
    demo.load(county, TODAY, lambda _line: None)
    with county.app_context(), system_session("test") as session:
        users = session.scalars(sa.select(User).order_by(User.id)).all()
        assert [user.username for user in users if user.demo] == [
            "anban", "anban_head", "fengcheng", "fengcheng_head", "beiliu", "beiliu_head", "yingji", "yingji_head",
            "zhujian", "zhujian_head", "qiye", "leader", "auditor", "admin",
        ]
    client = county.test_client()
    assert client.sign_in("staff001", PASSWORD).status_code == 200, "the login page again"


def test_a_load_that_was_killed_goes_on(county, monkeypatch):
    """Killed between two blocks, of hazards and of tasks; what was told stays, the rest follows."""
    monkeypatch.setattr(stories, "COUNT", 60)
    monkeypatch.setattr(task_stories, "COUNT", 8)
    monkeypatch.setattr(loading, "BLOCK", 20)
    monkeypatch.setattr(loading, "TASK_BLOCK", 3)

    class Killed(BaseException):
        pass

    def killed_at(last_words):
        def killer(line):
            if line.endswith(last_words):
                raise Killed

        with pytest.raises(Killed):
            demo.load(county, TODAY, killer)
        return number(Hazard), number(Task)

    def number(model):
        return counts(county)[TABLES.index(model)]

    assert killed_at("20/60") == (20, 0)
    assert killed_at("6/8") == (60, 6)
    demo.load(county, TODAY, lambda _line: None)
    assert (number(Hazard), number(Task)) == (60, 8)
