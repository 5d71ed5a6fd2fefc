"""A small county made for tests, and a second one with the same unit names that must never be seen.

`world` has the units, a user for each post and every hat; `world.hazard(...)` registers, `world.do(...)` performs
a verb, `world.bring_to(state)` walks a hazard there. All of it goes through the operations, none of it over HTTP.
"""

import datetime as dt
import io
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.security import generate_password_hash

from app.access.hats import Hat, hats_of
from app.access.scope import session_for, system_session
from app.casework.attachments import StoredFile, store
from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.hazards.models import Hazard, Rectifier
from app.hazards.registering import complete, register
from app.hazards.states import HazardState
from app.hazards.verbs import HAZARDS
from app.organization.models import (
    DictionaryEntry,
    Enterprise,
    EnterpriseRegulator,
    Organization,
    Post,
    User,
)

DAY = dt.date(2026, 3, 20)  # a Friday; the day it is in every test that asks for `world`
PASSWORD = "Jiancha2026"
_HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")

UNITS = {  # code: (kind, name)
    "office": ("county_office", "县安委办"),
    "fengcheng": ("township", "凤城镇"),
    "beiliu": ("township", "北留镇"),
    "yingji": ("department", "应急管理局"),
    "zhujian": ("department", "住建局"),
}
FIRMS = {  # code: (name, territory, regulators with the daily one first)
    "firm": ("试验铸造厂", "fengcheng", ("yingji", "zhujian")),
    "firm2": ("试验建筑公司", "beiliu", ("zhujian",)),
    "firm3": ("试验商店", "fengcheng", ("yingji",)),
}
ENTRIES = {  # code: (dictionary, name)
    "electric": ("hazard_category", "电气"),
    "fire": ("hazard_category", "消防"),
    "trade": ("industry", "冶金工贸"),
    "covert": ("inspection_method", "暗访"),
    "criterion": ("major_criterion", "工贸企业重大事故隐患判定标准"),
}
POSTS = {  # username: (unit, role)
    "office": ("office", "county_clerk"),
    "office_head": ("office", "county_head"),
    "leader": ("office", "leader"),
    "auditor": ("office", "auditor"),
    "admin": ("office", "administrator"),
    **{unit: (unit, "unit_clerk") for unit in ("fengcheng", "beiliu", "yingji", "zhujian")},
    **{f"{unit}_head": (unit, "unit_reviewer") for unit in ("fengcheng", "beiliu", "yingji", "zhujian")},
    **{firm: (firm, "enterprise") for firm in FIRMS},
}
OTHER = "other_"  # prefix of the second county's usernames


class County:
    """Ids by code: `units` (enterprises too) and `entries`."""

    def __init__(self, session, name: str):
        root = Organization(kind="county", name=name)
        session.add(root)
        session.flush()
        root.county_id = root.id
        self.id, self.units, self.entries = root.id, {}, {}
        for code, (kind, title) in UNITS.items():
            self.units[code] = self._add(session, Organization(kind=kind, name=title, parent_id=root.id))
        for code, (dictionary, title) in ENTRIES.items():
            self.entries[code] = self._add(session, DictionaryEntry(dictionary=dictionary, name=title))
        for code, firm in FIRMS.items():
            self.units[code] = self._add_firm(session, *firm)

    def _add(self, session, row) -> int:
        row.county_id = self.id
        session.add(row)
        session.flush()
        return row.id

    def _add_firm(self, session, name, territory, regulators) -> int:
        firm = Enterprise(
            kind="enterprise", name=name, territory_id=self.units[territory], industry_id=self.entries["trade"]
        )
        firm_id = self._add(session, firm)
        session.add_all(
            EnterpriseRegulator(enterprise_id=firm_id, organization_id=self.units[code], is_daily=n == 0)
            for n, code in enumerate(regulators)
        )
        return firm_id

    def add_user(self, session, username: str, unit: str, role: str) -> int:
        user = User(first_name="", last_name=f"{username}的人", username=username, email=f"{username}@example.invalid",
                    active=True, password=_HASH, phone="0356-0000000")
        user_id = self._add(session, user)
        session.add(Post(user_id=user_id, organization_id=self.units[unit], role=role))
        return user_id


class World:
    """The county under test as `world`, the other one as `world.other`. `day` may be moved on."""

    def __init__(self, app):
        self.app, self.day = app, DAY
        self.move_to(DAY)
        with self.system() as session, unit_of_work(session):
            self.county, self.other = County(session, "甲县"), County(session, "乙县")
            self.users = {}
            for prefix, county in (("", self.county), (OTHER, self.other)):
                for username, (unit, role) in POSTS.items():
                    self.users[prefix + username] = county.add_user(session, prefix + username, unit, role)
        with self.system() as session:
            self.hats: dict[str, Hat] = {
                username: hats_of(session, session.get(User, user_id), DAY)[0]
                for username, user_id in self.users.items()
            }

    def __getitem__(self, code: str) -> int:
        """The id of a unit, an enterprise or a dictionary's entry: `world["fengcheng"]`."""
        return {**self.county.units, **self.county.entries}[code]

    def move_to(self, day: dt.date) -> None:
        """What every part of the product takes for today."""
        self.day = self.app.config["TODAY"] = day

    def system(self):
        """A session that sees all, within an application context."""
        return self._within(lambda: system_session("test"))

    def session_of(self, username: str):
        """A session under the scope of a user's hat."""
        return self._within(lambda: session_for(self.hats[username].scope))

    @contextmanager
    def _within(self, opened):
        with self.app.app_context(), opened() as session:
            yield session

    def as_(self, username: str):
        """A visitor who is in already, without the login's write: for tests that ask about something else."""
        visitor = self.app.test_client()
        with visitor.session_transaction() as session:
            session.update(_user_id=str(self.users[username]), _fresh=True, epoch=1)
            session.permanent = True
        return visitor

    # ── hazards ────────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self, username: str, **data) -> dict:
        """What the form of a hazard would hold: an ordinary one of `firm`, found by the user's unit."""
        hat = self.hats[username]
        home = self.other if username.startswith(OTHER) else self.county
        firm = home.units["firm"]
        facts = {
            "description": "配电箱无漏电保护", "place": "一车间", "source": "enforcement", "level": "general",
            "happened_on": self.day - dt.timedelta(days=10), "due_kind": "date",
            "due": self.day + dt.timedelta(days=10),
            "inspecting_unit_id": hat.organization_id, "inspectors": "检查人", "enterprise_id": firm,
            "rectifiers": [firm], "measures": "加装漏电保护",
            "category_id": home.entries["electric"],
        }
        return {**facts, **data}

    def hazard(self, by: str = "yingji", issue: bool = True, photos=(), **data) -> int:
        """Register a hazard as `by`; returns its id. `data` overrides `facts`."""
        hat = self.hats[by]
        with self.session_of(by) as session:
            whole = complete(session, hat, self.facts(by, **data))
            with unit_of_work(session):
                return register(session, hat, whole, photos, self.day, issue).id

    def do(self, by: str, verb: str, hazard_id: int, **data) -> SimpleNamespace:
        """Perform a verb as `by`, with what its form needs at least; returns the hazard as it is then."""
        with self.session_of(by) as session:
            perform(session, HAZARDS, verb, hazard_id, None, self.hats[by], {**self.answers(verb), **data}, self.day)
        return self.read(hazard_id)

    def answers(self, verb: str) -> dict:
        """The least that a verb's operation needs to be told."""
        day = self.day
        decided = {"decided_by": "分管领导", "decided_on": day, "proxy_for": "厂长", "proxy_evidence": "电话"}
        known = {
            "claim": {"claimed_on": day, "progress": "已加装", "prevention": "每月检查"},
            "acknowledge": {"acknowledged_on": day},
            "pass_recheck": {"rechecked_on": day, "opinion": "合格", "recheckers": "复查人"},
            "fail_recheck": {"rechecked_on": day, "opinion": "仍缺一处", "recheckers": "复查人"},
            "ask_extension": {"new_due": day + dt.timedelta(days=30), "reason": "材料未到"},
            "ask_transfer": {"receiver_id": self["zhujian"], "reason": "属其职责"},
            "ask_reassign": {"receiver_id": self["firm3"], "reason": "实为其设备"},
            "correct": {"values": {"place": "二车间", "description": "配电箱无漏电保护"}, "reason": "笔误"},
            "raise_level": {"criterion_note": "第三条"},
            "decide_listing": {"listing": "listed", "listing_basis": "八（一）"},
            "reopen": {"found_on": day, "fake": True, "comment": "回头看发现未改"},
            "add_files": {"files": [self.stored()], "purpose": "after"},
        }
        return {**decided, "comment": "说明", "reason": "理由", **known.get(verb, {})}

    def read(self, hazard_id: int) -> SimpleNamespace:
        """All columns of the hazard as they stand in the tables, with `rectifier_ids`."""
        cases, hazards, rectifiers = Case.__table__, Hazard.__table__, Rectifier.__table__
        with self.system() as session:
            row, more = (session.execute(sa.select(table).where(table.c.id == hazard_id)).one()
                         for table in (cases, hazards))
            ids = session.execute(sa.select(rectifiers.c.organization_id).where(rectifiers.c.case_id == hazard_id)
                                  .order_by(rectifiers.c.position)).scalars().all()
        return SimpleNamespace(**{**row._mapping, **more._mapping}, rectifier_ids=ids)

    def bring_to(self, state: str, by: str = "yingji", **data) -> int:
        """A hazard in `state`, walked there by the people whose turn it was."""
        clerk, head = by, f"{by}_head"
        hazard_id = self.hazard(by, issue=state != HazardState.REGISTERED, **data)
        steps = {
            HazardState.AWAITING_RECHECK: [("firm", "claim", {})],
            HazardState.CLOSED: [("firm", "claim", {}), (clerk, "pass_recheck", {})],
            HazardState.CANCELLED: [(clerk, "ask_cancel", {}), (head, "approve_cancel", {})],
            HazardState.SUBJECT_GONE: [(clerk, "ask_gone", {}), (head, "approve_gone", {})],
        }
        for who, verb, more in steps.get(state, ()):
            self.do(who, verb, hazard_id, **more)
        if state == HazardState.MERGED:
            kept = self.read(self.hazard(by, **data))
            self.do(clerk, "merge", hazard_id, kept_number=kept.number)
        assert self.read(hazard_id).state == state
        return hazard_id

    def stored(self, colour: str = "red") -> StoredFile:
        """A picture that lies on disk and that no row names yet."""
        return store(self.app.config["DATA_DIR"], io.BytesIO(picture(colour)), f"{colour}.jpg")


def picture(colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (8, 8)) -> bytes:
    """A small picture's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def world(app):
    yield World(app)
    app.config.pop("TODAY", None)


@pytest.fixture
def enter(world, visitor):
    """Signs a user of `world` in through the login page: `enter("yingji")`."""
    return lambda username: visitor(username, PASSWORD)
