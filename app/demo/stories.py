"""Casts the demo county's hazards: who found what where on which day, and which course it takes.

Pure and seeded: the same `today` gives the same stories, and nothing here touches a database.
"""
from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from app.casework.deadlines import WorkCalendar, days_after
from app.demo.content import rows
from app.demo.courses import Course, Story
from app.demo.enterprises import Firm, firms

COUNT = 300
PUBLIC_PLACES = 14  # hazards of no enterprise: a township rectifies them
# course → how many, youngest and oldest age in days; the rest is plain
QUOTAS = {
    "gone": (2, 60, 300), "merged": (6, 20, 300), "draft": (9, 0, 5), "transfer_asked": (3, 3, 9),
    "extension_asked": (7, 5, 12), "cancel_asked": (4, 5, 30), "failed_open": (9, 18, 60), "awaiting": (22, 12, 40),
    "stalled": (18, 20, 170),
    "major": (11, 4, 330), "raised": (3, 40, 300), "downgraded": (2, 50, 300), "failed_twice": (8, 60, 364),
    "failed": (26, 30, 364), "extended": (18, 30, 364), "extension_refused": (6, 45, 364),
    "transferred": (6, 30, 330), "transfer_returned": (2, 30, 330), "cancelled": (6, 12, 330),
    "reopened": (6, 45, 330), "standing": (6, 10, 350), "corrected": (8, 20, 350),
}
NEEDS_DUE = {"extended", "extension_asked", "extension_refused", "stalled", "major", "raised", "downgraded", "gone",
             "transferred", "transfer_returned"}
SELF_REPORTED = {"plain", "failed", "awaiting", "extended", "extension_asked", "stalled", "major", "standing", "draft"}
# Whoever signs in to try the product finds something to do: what is open goes round these units.
SHOWN = ("凤城镇", "县应急管理局", "北留镇", "县住建局", "县安委办")
SHOWN_COURSES = {"extension_asked", "cancel_asked", "transfer_asked", "failed_open", "awaiting", "stalled", "draft"}
WEIGHTS = {"煤矿": 4, "建材陶瓷": 3, "冶金铸造": 3, "危险化学品生产": 3, "尾矿库": 2, "非煤矿山": 2, "房屋建筑工程": 3}
PUBLIC_INDUSTRIES = {
    "地质灾害": "县自然资源局", "道路交通": "县公安交警大队", "森林防火": "县林业局", "河道": "县水务局",
}
METHODS = {
    "oversight": ("明查", "暗访", "四不两直", "专项检查"), "superior": ("专项检查", "联合检查"),
    "tipoff": ("现场检查",), "assessment": ("年度考核", "季度考核", "专项考核", "考核组检查"),
    "enforcement": ("日常检查", "双随机", "专项检查", "节假日检查"), "assistance": ("专家会诊", "现场检查", "联合检查"),
    "self_report": ("企业自查",),
}


def stories(today: dt.date, calendar: WorkCalendar | None = None) -> list[Story]:
    """All hazards of the demo county by day of inspection, over the 12 months before `today`."""
    rng, calendar = random.Random(20251202), calendar or WorkCalendar()
    days = sorted(_days(rng, today, calendar))
    courses = _courses(rng, [(today - day).days for day in days])
    cast = _Cast(rng)
    told: list[Story] = []
    for index, (day, course) in enumerate(zip(days, courses, strict=True)):
        story = cast.duplicate(told, day) if course == "merged" else None
        story = story or cast.story(index, day, "plain" if course == "merged" else course, calendar)
        Course(story, rng, calendar, today).run()
        told.append(story)
    return told


def with_own_users() -> list[str]:
    """Enterprises with a person of their own in the system; for all others somebody fills in (代填)."""
    return [firm.name for firm in firms()[::3] if firm.status == "normal"]


def _days(rng: random.Random, today: dt.date, calendar: WorkCalendar) -> list[dt.date]:
    """Spread over the year, a few each day of the last weeks; always on a worked day, never in the future."""
    days = []
    for n in range(COUNT):
        age = rng.randint(0, 12) if n < 36 else rng.randint(6, 45) if n < 110 else rng.randint(20, 364)
        day = calendar.next_workday(today - dt.timedelta(days=age))
        days.append(day if day <= today else today)
    return days


def _courses(rng: random.Random, ages: list[int]) -> list[str]:
    """A course for each hazard, by its age: the quota's share at random among those that fit."""
    courses = ["plain"] * len(ages)
    for name, (count, youngest, oldest) in QUOTAS.items():
        free = [i for i, age in enumerate(ages) if youngest <= age <= oldest and courses[i] == "plain"]
        for i in rng.sample(free, min(count, len(free))):
            courses[i] = name
    return courses


class _Cast:
    """Draws enterprises, templates and inspectors; a like hazard comes back only now and then (屡查屡犯)."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        everyone = firms()
        self.open = [firm for firm in everyone if firm.status == "normal"]
        self.closing = [firm for firm in everyone if firm.status != "normal"]
        self.weights = [14 if n == 0 else WEIGHTS.get(firm.industry, 1) * 2 for n, firm in enumerate(self.open)]
        self.own_users = with_own_users()
        self.templates = rows("hazards")
        self.used: set[tuple[str, str]] = set()
        self.places: Counter[str] = Counter()
        self.public = self.turn = 0

    def story(self, index: int, day: dt.date, course: str, calendar: WorkCalendar) -> Story:
        if course in ("plain", "awaiting", "failed") and self.public < PUBLIC_PLACES and index % 17 == 3:
            self.public += 1
            return self._public(index, day, course, calendar)
        major = course in ("major", "downgraded")
        if course in SHOWN_COURSES and self.rng.random() < 0.8:
            firm, source, filer, recheck = self._shown()
        else:
            firm = self._firm(course, major or course == "raised")
            source, filer = self._finder(firm, course)
            recheck = self._rechecker(firm, filer)
        template = self._template(firm, major)
        due_kind, due = self._deadline(day, course, major, calendar)
        return Story(
            enterprise=firm.name, township=firm.township,
            regulator=self._other_regulator(firm, recheck), template=template,
            place=self._place(template), day=day, source=source, method=self.rng.choice(METHODS[source]), filer=filer,
            recheck=recheck, due_kind=due_kind, due=due, course=course, picture=index, criterion=self._criterion(firm),
        )

    def duplicate(self, told: list[Story], day: dt.date) -> Story | None:
        """Another office finds the same again: it will be merged into the older case."""
        for index in range(len(told) - 1, -1, -1):
            old = told[index]
            if old.enterprise and old.course == "plain" and old.filer not in ("县安委办", old.enterprise):
                return Story(
                    enterprise=old.enterprise, township=old.township, regulator=old.regulator, template=old.template,
                    place=old.place, day=max(day, old.day), source="oversight", method="联合检查", filer="县安委办",
                    recheck="县安委办", due_kind="date", due=max(day, old.day) + dt.timedelta(days=15), course="merged",
                    picture=old.picture, repeat_of=index,
                )
        return None

    def _public(self, index, day, course, calendar) -> Story:
        industry = self.rng.choice(list(PUBLIC_INDUSTRIES))
        template = self.rng.choice([t for t in self.templates if t["industries"] == industry])
        filer = self.rng.choice((PUBLIC_INDUSTRIES[industry], "县安委办", "县应急管理局"))
        source = "superior" if filer == "县安委办" else "oversight"
        township = self.rng.choice(("凤城镇", "北留镇", "蟒河镇", "横河镇", "凤城镇", "董封乡", "寺头乡"))
        return Story(
            enterprise=None, township=township, regulator=PUBLIC_INDUSTRIES[industry], template=template,
            place=township + self._place(template), day=day, source=source, method="现场检查", filer=filer,
            recheck=filer, due_kind="date", due=days_after(day, self.rng.choice((10, 15, 20)), calendar), course=course,
            picture=index,
        )

    def _shown(self) -> tuple[Firm, str, str, str]:
        """Enterprise, source, filer and rechecker for the next of the units in `SHOWN`."""
        unit = SHOWN[self.turn % len(SHOWN)]
        self.turn += 1
        near = [firm for firm in self.open if unit in (firm.township, *firm.regulators)] or self.open
        firm = self.open[0] if self.open[0] in near and self.rng.random() < 0.3 else self.rng.choice(near)
        source = {"县安委办": "oversight", firm.township: "assistance"}.get(unit, "enforcement")
        return firm, source, unit, unit

    def _firm(self, course: str, could_be_major: bool) -> Firm:
        if course == "gone":
            return self.rng.choice([firm for firm in self.closing if firm.status == "closed"])
        if could_be_major:
            return self.rng.choice([firm for firm in self.open if self._criterion(firm)])
        return self.rng.choices(self.open, self.weights)[0]

    def _criterion(self, firm: Firm) -> str | None:
        """The standard by which a hazard of this industry is major (判定标准)."""
        return next((t["criterion"] for t in self.templates
                     if t["criterion"] and firm.industry in t["industries"].split("、")), None)

    def _template(self, firm: Firm, major: bool) -> dict:
        fitting = [
            t for t in self.templates
            if bool(t["level"]) == major and (t["industries"] == "*" or firm.industry in t["industries"].split("、"))
        ]
        own = [t for t in fitting if t["industries"] != "*"]
        fresh = [t for t in own if (firm.name, t["category"]) not in self.used] or [
            t for t in fitting if (firm.name, t["category"]) not in self.used]
        pool = fresh if fresh and self.rng.random() > 0.06 else own or fitting
        template = self.rng.choice(pool)
        self.used.add((firm.name, template["category"]))
        return template

    def _finder(self, firm: Firm, course: str) -> tuple[str, str]:
        """Source and who files: the township, a regulator, the county office, or the enterprise itself."""
        if firm.name in self.own_users and course in SELF_REPORTED and self.rng.random() < 0.3:
            return "self_report", firm.name
        source = self.rng.choices(
            ("enforcement", "assistance", "oversight", "assessment", "tipoff", "superior"), (38, 22, 16, 6, 10, 8))[0]
        if source in ("oversight", "assessment", "superior") and self.rng.random() < 0.55:
            return source, "县安委办"
        busy = firm.township in ("凤城镇", "北留镇")  # the townships that can be signed in to
        if source == "enforcement" and not (busy and self.rng.random() < 0.35):
            return source, firm.regulators[0] if self.rng.random() < 0.8 else self.rng.choice(firm.regulators)
        return source, firm.township if busy or self.rng.random() < 0.6 else firm.regulators[0]

    def _rechecker(self, firm: Firm, filer: str) -> str:
        """The inspecting unit; the daily regulator for a self-report and often for the county office."""
        if filer == firm.name or (filer == "县安委办" and self.rng.random() < 0.6):
            return firm.regulators[0]
        return firm.township if self.rng.random() < 0.08 else filer

    def _other_regulator(self, firm: Firm, recheck: str) -> str:
        """Who could take the case over: the daily regulator, else the township."""
        return firm.regulators[0] if recheck != firm.regulators[0] else firm.township

    def _deadline(self, day, course, major, calendar) -> tuple[str, dt.date | None]:
        if course == "standing":
            return "standing", None
        if course not in NEEDS_DUE and self.rng.random() < 0.14:
            return "immediate", None
        days = (30, 45, 60) if major else (15, 20) if course in NEEDS_DUE else (7, 10, 15, 15, 30)
        return "date", days_after(day, self.rng.choice(days), calendar)

    def _place(self, template: dict) -> str:
        places = template["places"].split("、")
        key = template["description"]
        self.places[key] += 1
        return places[self.places[key] % len(places)]
