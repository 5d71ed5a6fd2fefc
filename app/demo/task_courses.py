"""What becomes of an invented task: each responsible unit takes a course of its own, told step by step, day by day.

Steps after today are left out, so the state of a task still under way falls out of its course by itself.
"""
from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from app.casework.deadlines import WorkCalendar, days_after


@dataclass(frozen=True)
class TaskStep:
    """One verb on one day, on the share of `unit` or, without one, on the task itself; `period`: on that instance.

    `actor`: clerk:<unit> or head:<unit>, by short name. The verb ``spawn`` is the worker's: the period's instance.
    """

    day: dt.date
    verb: str
    unit: str
    actor: str
    data: dict
    period: str = ""


@dataclass
class TaskStory:
    """One invented task: who asks what of whom until when. Units by short name, the leading ones first."""

    key: str
    year: int
    issuer: str
    source: str
    document_number: str | None
    content: str
    measures: str
    leading: tuple[str, ...]
    supporting: tuple[str, ...]
    unit_words: str | None
    due_kind: str
    issued: dt.date
    due: dt.date | None
    course: str
    parent: str
    previous: str
    reports: tuple[str, ...]
    steps: list[TaskStep] = field(default_factory=list)

    @property
    def units(self) -> tuple[str, ...]:
        return (*self.leading, *self.supporting)


DIFFICULTIES = (
    "专业力量不足，拟聘请第三方协助。", "部分经营户外出，需二次上门。", "改造资金尚有缺口，正在申请。",
    "施工期与雨季重叠，进度受影响。", "涉及多个部门职责，需县级协调。",
)
NEXT_STEPS = ("下一步对未完成的逐项列出时限。", "下周组织一次集中推进。", "继续按周调度，完成一处销号一处。")
OVERDUE = ("因资金到位晚，完成时间推后。", "施工单位更换，工期顺延。", "涉及户数多于预计，人手不足。")
VERIFIED = (
    "经抽查核实，任务完成情况属实，同意办结。", "资料齐全，现场抽查符合要求，同意办结。", "核实无误，同意办结。",
)
REJECTED = ("抽查发现台账与现场不一致，退回补充完善。", "完成率未达到要求，请继续推进后再申请办结。")
METHODS = ("电话调度", "现场督导", "书面调度", "会议调度")
FOLLOW_UPS = (
    "调度进展，要求对照时限倒排工期。", "现场督导，指出排查台账不细的问题，限期补齐。",
    "通报进度排名，落后单位作说明。", "书面调度本月进展，未报送的已提醒。",
)
MANY = 15
# The course of a task → how often its units take which of their own.
SHARE_COURSES = {
    "kept": {"kept": 9, "kept_late": 1}, "carried": {"kept": 6, "released": 1},
    "late": {"kept": 6, "kept_late": 2, "overdue": 3, "rejected": 1},
    "mixed": {"kept": 2, "running": 6, "claimed": 2, "overdue": 1}, "fresh": {"started": 5, "unsigned": 4},
    "claimed": {"claimed": 1}, "rejected": {"rejected": 1, "claimed": 1}, "stalled": {"overdue": 1},
    "extended": {"extended": 1, "running": 4}, "asked": {"asked": 1}, "standing": {"standing": 4, "owing": 1},
    "terminated": {"running": 1},
}
LED_BY = {"extended": "extended", "rejected": "rejected", "asked": "asked"}  # the first unit of a task takes it surely


class ShareCourse:
    """Walks one unit through its share; every step falls on a day that is worked."""

    def __init__(self, story: TaskStory, unit: str, rng: random.Random, calendar: WorkCalendar, today: dt.date):
        self.story, self.unit, self.rng, self.calendar, self.today = story, unit, rng, calendar, today
        self.day, self.due, self.period = story.issued, story.due or story.issued, ""
        self.steps: list[TaskStep] = []

    def run(self, course: str) -> list[TaskStep]:
        getattr(self, course)()
        return self.steps

    # ── the days ───────────────────────────────────────────────────────────────────────────────────────────────
    def to(self, day: dt.date) -> None:
        self.day = self.calendar.next_workday(max(day, self.day))

    def part_of_the_way(self, share: float) -> dt.date:
        return self.story.issued + (self.due - self.story.issued) * share

    def step(self, verb: str, by: str = "", **data) -> None:
        if self.day <= self.today:
            actor = by or f"clerk:{self.unit}"
            self.steps.append(TaskStep(self.day, verb, self.unit, actor, data, self.period))

    # ── what one does ──────────────────────────────────────────────────────────────────────────────────────────
    def acknowledge(self, most: int = 3) -> None:
        self.to(self.day + dt.timedelta(days=self.rng.randint(0, most)))
        self.step("acknowledge", acknowledged_on=self.day)

    def report(self, number: int, percent: int, **more) -> None:
        told = self.story.reports
        data = {"reported_on": self.day, "percent": percent, "text": told[min(number, len(told) - 1)], **more}
        if self.day > self.due and self.story.due_kind == "date":
            data["overdue_reason"] = self.rng.choice(OVERDUE)
        if self.rng.random() < 0.3:
            data["difficulties"] = self.rng.choice(DIFFICULTIES)
        if percent < 100 and self.rng.random() < 0.5:
            data["next_step"] = self.rng.choice(NEXT_STEPS)
        self.step("report", **data)

    def reports(self, until: float = 1.0) -> None:
        """All but the last entry, at their places between issue and deadline; of a task for all, one is enough."""
        spoken = len(self.story.reports) - 1 if len(self.story.units) < MANY else 1
        for n in range(spoken):
            place = (n + 1) / (spoken + 1) * until
            self.to(self.part_of_the_way(place) + dt.timedelta(days=self.rng.randint(-2, 3)))
            self.report(n, min(round(100 * (n + 1) / (spoken + 1) / 5) * 5 + self.rng.choice((-5, 0, 5, 10)), 95))

    def claim(self, day: dt.date) -> None:
        self.to(day)
        data = {"claimed_on": self.day, "text": self.story.reports[-1]}
        if self.day > self.due:
            data["overdue_reason"] = self.rng.choice(OVERDUE)
        self.step("claim", **data)

    def verify(self) -> None:
        self.to(self.day + dt.timedelta(days=self.rng.randint(1, 6)))
        self.step("verify", f"clerk:{self.story.issuer}", verified_on=self.day, comment=self.rng.choice(VERIFIED))

    # ── courses ────────────────────────────────────────────────────────────────────────────────────────────────
    def kept(self) -> None:
        if self.story.due_kind == "immediate":
            self.step("acknowledge", acknowledged_on=self.day)
            self.claim(self.story.issued)
            return self.verify()
        self.acknowledge()
        self.reports(0.9)
        self.claim(self.due - dt.timedelta(days=self.rng.randint(0, 5)))
        self.verify()

    def kept_late(self) -> None:
        self.acknowledge(9)
        self.reports()
        self.claim(self.due + dt.timedelta(days=self.rng.randint(3, 15)))
        self.verify()

    def reopened(self) -> None:
        """A later look finds that it was not so."""
        self.kept()
        self.to(self.day + dt.timedelta(days=18))
        self.step("reopen", f"head:{self.story.issuer}", found_on=self.day, percent_verified=70,
                  comment="回头看发现台账与现场不符，重新办理。")
        self.claim(self.day + dt.timedelta(days=12))
        self.verify()

    def claimed(self) -> None:
        """Done, as the unit says; the issuer has not looked yet."""
        self.acknowledge()
        self.reports(0.8)
        last = min(self.due, self.calendar.next_workday(self.today - dt.timedelta(days=self.rng.randint(3, 6))))
        self.claim(max(last, self.day))

    def rejected(self) -> None:
        self.acknowledge()
        self.reports(0.8)
        self.claim(self.due - dt.timedelta(days=self.rng.randint(2, 6)))
        self.to(self.day + dt.timedelta(days=2))
        self.step("reject", f"clerk:{self.story.issuer}", comment=self.rng.choice(REJECTED), percent_verified=80)

    def overdue(self) -> None:
        """It lags; it is chased and gives its reason, or does not."""
        self.acknowledge(6)
        self.reports()
        self.to(self.due + dt.timedelta(days=self.rng.randint(2, 6)))
        self.step("chase", f"clerk:{self.story.issuer}", comment="期限已过，请说明原因并抓紧推进。")
        if self.rng.random() < 0.5:
            self.to(self.day + dt.timedelta(days=2))
            self.report(len(self.story.reports) - 2, 80)

    def running(self) -> None:
        self.acknowledge()
        self.reports(0.7)
        if self.rng.random() < 0.4:
            self.to(self.day + dt.timedelta(days=3))
            self.step("verify_progress", f"clerk:{self.story.issuer}", percent_verified=self.rng.choice((30, 40, 50)))

    def started(self) -> None:
        self.acknowledge(2)
        if self.rng.random() < 0.4:
            self.to(self.day + dt.timedelta(days=1))
            self.report(0, self.rng.choice((5, 10, 20)))

    def unsigned(self) -> None:
        """Nothing comes."""

    def extended(self) -> None:
        self.acknowledge()
        self.reports(0.8)
        asked = days_after(self.due, 45, self.calendar)
        self.to(self.due - dt.timedelta(days=12))
        self.step("ask_extension", new_due=asked, reason="管沟开挖须避开供暖管线，施工许可延后，申请顺延。")
        self.to(self.day + dt.timedelta(days=2))
        self.step("approve_extension", f"head:{self.story.issuer}", comment="情况属实，同意延期，安全防护不得放松。")

    def asked(self) -> None:
        self.acknowledge(1)
        self.to(min(self.story.issued + dt.timedelta(days=12), self.today - dt.timedelta(days=2)))
        self.step("ask_extension", new_due=days_after(self.due, 20, self.calendar),
                  reason="第三方检测单位排期已满，申请顺延。")

    def released(self) -> None:
        """Not finished in its year: it goes on in the next list."""
        self.acknowledge()
        self.reports(0.9)
        self.to(self.due + dt.timedelta(days=8))
        self.step("release", f"head:{self.story.issuer}", reason="未完成部分结转至下一年度清单继续推进。")

    def standing(self, quarters: int = 4) -> None:
        self.acknowledge()
        first = self.story.issued.month // 3 * 3 + 3
        for n, month in enumerate(range(first, 13, 3)[:quarters]):
            self.to(dt.date(self.story.issued.year, month, self.rng.randint(10, 24)))
            self.report(min(n, len(self.story.reports) - 1), min(25 * (n + 1), 95))

    def owing(self) -> None:
        """It reported once and not since."""
        self.standing(1)

    def monthly(self, spawned: dt.date, due: dt.date, period: str, late: bool) -> None:
        """One instance of a periodic task."""
        self.day, self.due, self.period = spawned, due, period
        self.acknowledge()
        if late:
            return
        self.claim(due - dt.timedelta(days=self.rng.randint(1, 6)))
        self.verify()
