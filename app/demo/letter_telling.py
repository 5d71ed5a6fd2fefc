"""Plays the demo county's occasions and letters through the operations that any user's verbs run through."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from app.casework.cases import Case, CaseParty
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import act_on
from app.deliveries.models import Delivery
from app.deliveries.verbs import DELIVERIES
from app.demo.letter_stories import CODES, LetterStory, letter_stories, occasion_stories
from app.demo.people import Staff, is_firm, person
from app.letters.drafting import register
from app.letters.models import Letter
from app.letters.operations import plan
from app.letters.verbs import LETTERS as LETTER_NOUN
from app.occasions import operations as occasions
from app.occasions.verbs import OCCASIONS as OCCASION_NOUN
from app.organization.models import Enterprise

_cases, _parties = Case.__table__, CaseParty.__table__


class LetterTeller:
    """Looks up the hat that acts and turns names into ids. `paper(n)` gives the n-th scanned sheet."""

    def __init__(self, session, county_id: int, units: dict[str, int], staff: Staff, paper, today: dt.date):
        self.session, self.county_id, self.units, self.staff = session, county_id, units, staff
        self.paper, self.today = paper, today
        self.occasions, self.letters = occasion_stories(), letter_stories()

    def tell(self, say: Callable[[str], None]) -> None:
        """One transaction each; what was told before is left alone."""
        for kind, stories, told in (("occasion", self.occasions, self._occasion),
                                    ("letter", self.letters, self._letter)):
            for story in stories[len(self._ids(kind)):]:
                with unit_of_work(self.session):
                    told(story)
                self.session.expunge_all()
        say(f"演示县：情形记录 {len(self.occasions)}，函件 {len(self.letters)}")

    def _ids(self, kind: str) -> list[int]:
        return list(self.session.scalars(
            sa.select(_cases.c.id).where(_cases.c.county_id == self.county_id, _cases.c.kind == kind)
            .order_by(_cases.c.id)))

    def _day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    # ── occasions ──────────────────────────────────────────────────────────────────────────────────────────────
    def _occasion(self, story: dict) -> None:
        hat, day = self.staff.clerks[story["unit"]], self._day(int(story["ago"]))
        data = {
            **{name: story[name] or None for name in ("type", "title", "text", "said_by", "weather")},
            "confidential": bool(story["confidential"]), "weather_level": story["level"] or None, "industry_id": None,
            "unit_ids": [self.units[unit] for unit in story["units"]], "happened_on": day,
            "due": self.today + dt.timedelta(days=int(story["due"])) if story["due"] else None,
        }
        files = [self.paper(day.day)] if story["type"] == "instruction" else ()
        occasion = occasions.register(self.session, hat, OCCASION_NOUN, data, files, day)
        if story["answer"]:
            answered = self._day(int(story["answered_ago"]))
            act_on(self.session, OCCASION_NOUN, OCCASION_NOUN.verbs["answer"], occasion, hat,
                   {"answer": story["answer"], "answered_on": answered}, answered)

    # ── letters ────────────────────────────────────────────────────────────────────────────────────────────────
    def _letter(self, story: LetterStory) -> None:
        day, hat = self._day(story.ago), self.staff.clerks[story.issuer]
        letter = register(self.session, hat, self._content(story, hat), (), day, submit=False)
        self.session.flush()
        for verb, data in story.road:
            self._act(story, letter, verb, data, day)
        for ago, verb, data, unit in story.steps:
            if unit:
                self._deliver(story, letter, verb, data, unit, self._day(ago))
            else:
                self._act(story, letter, verb, data, self._day(ago))

    def _content(self, story: LetterStory, hat) -> dict:
        plan_days, reply_days = story.days
        ids = dict(zip((one["key"] for one in self.occasions), self._ids("occasion"), strict=True))
        letters = dict(zip((one.key for one in self.letters), self._ids("letter"), strict=False))
        return {
            "type": story.type, "title": story.title, "grounds": story.grounds, "requirements": story.requirements,
            "reply_required": reply_days is not None, "day_unit": "working", "plan_days": plan_days,
            "reply_days": reply_days, "contact": f"{hat.user_name}　{hat.phone}", "copies": None,
            "planned": [plan(self.units[unit], self._via(unit)) for unit in story.recipients],
            "items": [{"text": text, "due": None} for text in story.problems],
            "triggers": [{"situation": situation, "own_requirement": None,
                          "shown_by_id": ids.get(shown) or self._record(story, shown)}
                         for situation, shown in story.situations.items()],
            "corrects_id": letters.get("wrong") if story.key == "right" else None, "escalated_from_id": None,
        }

    def _via(self, unit: str) -> int | None:
        """An enterprise without an account gets its letter through its township."""
        if unit in self.staff.enterprises or not is_firm(unit):
            return None
        firms = Enterprise.__table__
        return self.session.execute(
            sa.select(firms.c.territory_id).where(firms.c.id == self.units[unit])).scalar_one()

    def _record(self, story: LetterStory, kind: str | None) -> int | None:
        """The newest issued case of a kind that the first recipient and the issuer have a part in."""
        if kind not in ("hazard", "task"):
            return None
        mine = sa.exists().where(_parties.c.case_id == _cases.c.id,
                                 _parties.c.organization_id == self.units[story.recipients[0]])
        return self.session.execute(
            sa.select(_cases.c.id).where(
                _cases.c.county_id == self.county_id, _cases.c.kind == kind, _cases.c.issued.is_(True), mine,
                _cases.c.state.in_(("rectifying", "in_progress", "issued")), _cases.c.due < self.today,
            ).order_by(_cases.c.id.desc()).limit(1)
        ).scalar_one_or_none()

    def _act(self, story: LetterStory, letter: Letter, verb: str, data: dict, day: dt.date) -> None:
        """The head checks and signs; where a unit has none, its clerk records the paper."""
        data, clerk = {"issuer_code": CODES[story.issuer], **data}, self.staff.clerks[story.issuer]
        hat = clerk if verb == "submit" else self.staff.heads.get(story.issuer, clerk)
        if hat is clerk and verb != "submit":
            data |= {"decided_by": f"{story.issuer}分管负责人 {person(f'{story.issuer}/head')}", "decided_on": day,
                     "scans": [self.paper(day.day)]}
        act_on(self.session, LETTER_NOUN, LETTER_NOUN.verbs[verb], letter, hat, data, day)

    def _deliver(self, story: LetterStory, letter: Letter, verb: str, data: dict, unit: str, day: dt.date) -> None:
        delivery = self.session.scalars(sa.select(Delivery).where(
            Delivery.head_id == letter.id, Delivery.recipient_id == self.units[unit])).one()
        own = self.staff.enterprises.get(unit) or self.staff.clerks[unit]
        hat = self.staff.clerks[story.issuer] if verb in ("accept", "reject", "chase") else own
        act_on(self.session, DELIVERIES, DELIVERIES.verbs[verb], delivery, hat, data, day)
