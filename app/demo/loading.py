"""Loads the demo county: seed, people, enterprises, then hazards, tasks and letters, told by any user's operations.

Each stage and each block of stories is one transaction and adds only what is missing, so a load that was killed
goes on where it stopped.
"""
from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from app.access.scope import system_session
from app.casework.attachments import StoredFile, store
from app.casework.cases import Case
from app.casework.thumbnails import make_one
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import act_on
from app.demo import escalation_telling, pictures
from app.demo.courses import Step, Story
from app.demo.enterprises import load_enterprises
from app.demo.letter_stories import letter_stories
from app.demo.letter_telling import LetterTeller
from app.demo.people import ACCOUNTS, Staff, hats, is_firm, load_people, person
from app.demo.stories import stories, with_own_users
from app.demo.submission_telling import SubmissionTeller
from app.demo.task_courses import TaskStory
from app.demo.task_stories import task_stories
from app.demo.task_telling import TaskTeller
from app.hazards.registering import register
from app.hazards.verbs import HAZARDS
from app.organization.models import DictionaryEntry, Enterprise, Organization
from app.organization.seed import load_county

_cases, _enterprises = Case.__table__, Enterprise.__table__
COUNTY = "阳城县"
BLOCK, TASK_BLOCK = 50, 5
VARIANTS = 12  # drawings per scene; drawing one for every hazard would be most of the loading time


def load(app: Flask, today: dt.date, say: Callable[[str], None] = print) -> None:
    """Load the demo county into the migrated database of `app`; what is there already is left alone.

    The accounts get the password in ``app.config["DEMO_PASSWORD"]``.
    """
    told, tasks = stories(today), task_stories(today)
    with app.app_context(), system_session("demo county") as session:
        say("演示县：单位、人员和企业……")
        with unit_of_work(session):
            county = load_county(session, COUNTY)
            load_enterprises(session, county)
            units = _units(session, county)
            load_people(session, county, units, _colleagues(told, tasks), app.config["DEMO_PASSWORD"])
            county_id = county.id
        teller = _Teller(app.config["DATA_DIR"], session, county_id, units, today)
        for start in range(teller.done(), len(told), BLOCK):
            with unit_of_work(session):
                for story in told[start:start + BLOCK]:
                    teller.tell(story)
            session.expunge_all()
            say(f"演示县：问题隐患 {min(start + BLOCK, len(told))}/{len(told)}")
        _tell_tasks(session, TaskTeller(session, county_id, units, teller.staff, teller.paper), tasks, say)
        LetterTeller(session, county_id, units, teller.staff, teller.paper, today).tell(say)
        SubmissionTeller(session, county_id, units, teller.staff, teller.data_dir, today).tell(say)
        say("演示县：升级建议")
        escalation_telling.tell(session, teller.staff.clerks["县安委办"], today)


def _tell_tasks(session, teller: TaskTeller, tasks: list[TaskStory], say: Callable[[str], None]) -> None:
    for start in range(teller.resume(tasks), len(tasks), TASK_BLOCK):
        with unit_of_work(session):
            for story in tasks[start:start + TASK_BLOCK]:
                teller.tell(story)
        session.expunge_all()
        say(f"演示县：重点任务 {min(start + TASK_BLOCK, len(tasks))}/{len(tasks)}")


def _units(session, county: Organization) -> dict[str, int]:
    """Ids by the name that the stories use: the short name, an enterprise's full one."""
    table = Organization.__table__
    rows = session.execute(sa.select(table).where(table.c.county_id == county.id, table.c.kind != "county"))
    return {row.short_name or row.name: row.id for row in rows}


def _colleagues(told: list[Story], tasks: list[TaskStory]) -> list[str]:
    """Units beside those of the accounts in which somebody acts, in a settled order."""
    acting = {name for s in told for name in (s.filer, s.recheck, s.regulator, s.township) if name != s.enterprise}
    acting |= {name for story in tasks for name in (story.issuer, *story.units)}
    acting |= {name for letter in letter_stories() for name in (letter.issuer, *letter.recipients) if not is_firm(name)}
    acting |= set(with_own_users())
    return sorted(acting - {account[1] for account in ACCOUNTS})


class _Teller:
    """Plays stories: looks up the hat that acts and turns names into ids."""

    def __init__(self, data_dir: str, session, county_id: int, units: dict[str, int], today: dt.date):
        self.data_dir, self.session, self.units, self.county_id = data_dir, session, units, county_id
        self.staff: Staff = hats(session, units, today)
        table = DictionaryEntry.__table__
        self.entries = {
            (row.dictionary, row.name): row.id
            for row in session.execute(sa.select(table).where(table.c.county_id == county_id))
        }
        self.firms = {row.id: row for row in session.execute(sa.select(_enterprises))}
        self.drawn: dict[tuple, StoredFile] = {}

    def done(self) -> int:
        """How many stories were told before: they are told in order, a block at a time."""
        mine = _cases.c.county_id == self.county_id, _cases.c.kind == "hazard"
        return self.session.scalar(sa.select(sa.func.count()).select_from(_cases).where(*mine))

    def tell(self, story: Story) -> None:
        filer = self.staff.enterprises.get(story.filer) or self.staff.clerks[story.filer]
        photos = [self._picture(story, after=False)]
        hazard = register(
            self.session, filer, self._content(story, filer), photos, story.day, issue=story.course != "draft",
        )
        self.session.flush()
        for step in story.steps:
            hat = self._actor(story, step, hazard)
            act_on(self.session, HAZARDS, HAZARDS.verbs[step.verb], hazard, hat, self._data(story, step, hat), step.day)

    def _content(self, story: Story, filer) -> dict:
        """What the form of registering would hold."""
        text, firm = story.template, self.firms.get(self.units.get(story.enterprise))
        n, order = story.picture, f"（阳）安检责改〔{story.day.year}〕{story.picture + 1}号"
        major = story.course in ("major", "downgraded")
        return {
            "happened_on": story.day, "place": story.place,
            "description": text["description"].format(place=story.place),
            "source": story.source, "method": story.method, "inspecting_unit_id": self.units[story.filer],
            "inspectors": "、".join((filer.user_name, person(f"{story.filer}/{1 + n % 3}"))),
            "enterprise_id": firm and firm.id, "territory_id": self.units[story.township],
            "industry_id": firm.industry_id if firm else self.entries.get(("industry", text["industries"])),
            "category_id": self.entries["hazard_category", text["category"]], "measures": text["measures"],
            "level": "major" if major else "general",
            "criterion_id": self.entries["major_criterion", text["criterion"]] if major else None,
            "criterion_note": "经现场核查对照判定标准相关条款认定" if major else None,
            "due_kind": story.due_kind, "due": story.due if story.due_kind == "date" else None,
            "rectifiers": self._rectifiers(story, firm),
            "recheck_unit_id": self.units[story.recheck],
            "interim_measures": "停止相关区域作业，设置警戒并安排专人看守。" if major else None,
            "funds": Decimal(5 + n % 40) if major else Decimal(n % 9) / 2 if n % 4 == 0 else None,
            "document_number": order if story.source == "enforcement" and n % 3 == 0 else None,
        }

    def _rectifiers(self, story: Story, firm) -> list[tuple[int, str | None]]:
        """The enterprise or township; now and then a second unit supports it (牵头、配合)."""
        lead = self.units[story.rectifier], firm.safety_manager if firm else person(f"{story.township}/0")
        supported = story.course in ("plain", "failed") and story.picture % 11 == 5
        return [lead, (self.units[story.regulator], None)] if supported and story.regulator != story.recheck else [lead]

    def _actor(self, story: Story, step: Step, hazard):
        """The hat for a step: somebody stands in for an enterprise without a user, a clerk records a head's paper."""
        kind, _colon, unit = step.actor.partition(":")
        if kind == "head":
            return self.staff.heads.get(unit) or self.staff.clerks[unit]
        if kind == "clerk":
            return self.staff.enterprises.get(unit) or self.staff.clerks[unit]
        # Who fills in for an enterprise is not who rechecks it.
        near = [u for u in (story.township, story.regulator, story.recheck) if self.units[u] != hazard.recheck_unit_id]
        return self.staff.enterprises.get(story.rectifier) or self.staff.clerks[near[0]]

    def _data(self, story: Story, step: Step, hat) -> dict:
        """The step's data as the verb's form would give it, with the evidence for acting in another's place."""
        data = dict(step.data)
        if receiver := data.pop("receiver", None):
            data["receiver_id"] = self.units[receiver]
        if criterion := data.pop("criterion", None):
            data["criterion_id"] = self.entries["major_criterion", criterion]
        if step.verb == "merge":
            data["kept_number"] = self._kept_number(story)
        if data.pop("photos", False):
            data["after_photos"] = [self._picture(story, after=True)]
        if step.verb in ("pass_recheck", "fail_recheck"):
            data["recheckers"] = "、".join((hat.user_name, person(f"{hat.organization_name}/2")))
        if hat.role == "unit_clerk" and step.actor == "rectifier" and story.enterprise:
            manager = self.firms[self.units[story.enterprise]].safety_manager
            data |= {"proxy_for": f"{story.enterprise} {manager}", "proxy_evidence": "企业书面整改报告，电话核实后代填"}
        if step.actor.startswith("head:") and hat.role in ("unit_clerk", "county_clerk"):
            head = person(f"{hat.organization_name}/head")
            data |= {"decided_by": f"{hat.organization_name}分管负责人 {head}", "decided_on": step.day,
                     "scans": [self._scan(story)]}
        return data

    def _kept_number(self, story: Story) -> str:
        """The number of the older hazard: the one told `repeat_of` stories after the first."""
        return self.session.scalar(
            sa.select(_cases.c.number).where(_cases.c.county_id == self.county_id, _cases.c.kind == "hazard")
            .order_by(_cases.c.id).offset(story.repeat_of).limit(1)
        )

    def _picture(self, story: Story, *, after: bool) -> StoredFile:
        return self._drawing(pictures.scene_of(story.template["category"]), story.picture % VARIANTS, after,
                             "整改后.jpg" if after else "整改前.jpg")

    def _scan(self, story: Story) -> StoredFile:
        return self.paper(story.picture)

    def paper(self, number: int) -> StoredFile:
        """A sheet with words and a signature."""
        return self._drawing("papers", number % VARIANTS, True, "签批件.jpg")

    def _drawing(self, kind: str, variant: int, after: bool, name: str) -> StoredFile:
        key = (kind, variant, after, name)
        if key not in self.drawn:
            content = pictures.scene(kind, variant, after=after)
            stored = store(self.data_dir, io.BytesIO(content), name)
            make_one(self.data_dir, stored.sha256)  # at once: a first look at the demo waits for no worker
            self.drawn[key] = replace(stored, thumbnail="made")
        return self.drawn[key]

