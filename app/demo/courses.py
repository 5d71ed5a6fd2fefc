"""What happens to an invented hazard after it was registered: a course is a list of steps, each on its day.

Steps after today are left out, so the state of a recent hazard falls out of its course by itself.
"""
from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from app.casework.deadlines import WorkCalendar, days_after


@dataclass(frozen=True)
class Step:
    """One verb on one day. `actor`: rectifier, clerk:<unit> or head:<unit>; `data` by name, not by id."""

    day: dt.date
    verb: str
    actor: str
    data: dict


@dataclass
class Story:
    """One invented hazard: who found what where, and its course. Units by short name."""

    enterprise: str | None
    township: str
    regulator: str
    template: dict
    place: str
    day: dt.date
    source: str
    method: str
    filer: str
    recheck: str
    due_kind: str
    due: dt.date | None
    course: str
    picture: int
    criterion: str | None = None
    repeat_of: int | None = None  # index of the story that it duplicates
    steps: list[Step] = field(default_factory=list)

    @property
    def rectifier(self) -> str:
        return self.enterprise or self.township


PASSED = (
    "经现场复查，{place}隐患已整改到位，措施有效，同意销号。",
    "复查组查看了现场、整改照片和台账，整改内容与要求一致，同意销号。",
    "现场核查整改完成，抽问岗位人员应知应会掌握较好，予以销号。",
    "已按要求整改，防范重复发生的措施已落实到人，同意销号，纳入下次检查回头看。",
    "经复查合格，同类部位已一并排查，未发现新增问题，同意销号。",
)
EXTENSION_REASONS = (
    "所需配件由厂家定制，到货时间较原计划推迟，期间已停用该设备并设专人看守。",
    "连续降雨无法进行室外施工，已设置警戒和临时排水，申请顺延。",
    "整改方案需经设计单位复核，复核意见尚未出具，临时管控措施已落实。",
)
CHASES = (
    "期限已过，请立即说明未完成原因并报送整改进展。",
    "请抓紧整改，完成后及时提交复查。",
    "再次催办：明日前报送整改情况和现场照片。",
)
TO_REGULATOR = "属行业监管职责范围，移交日常监管部门跟踪复查。"
COURSES = (
    "plain", "failed", "failed_twice", "failed_open", "extended", "extension_asked", "extension_refused", "stalled",
    "awaiting", "transferred", "transfer_asked", "transfer_returned", "cancelled", "cancel_asked", "merged", "gone",
    "reopened", "standing", "raised", "downgraded", "corrected", "major", "draft",
)


class Course:
    """Walks through the days of one story; every step falls on a day that is worked."""

    def __init__(self, story: Story, rng: random.Random, calendar: WorkCalendar, today: dt.date):
        self.recheck_unit = story.recheck  # a transfer changes it
        self.story, self.rng, self.calendar, self.today = story, rng, calendar, today
        self.day, self.due = story.day, story.due  # an extension moves ours, the story keeps the first

    def run(self) -> list[Step]:
        assert self.story.course in COURSES
        getattr(self, self.story.course)()
        return self.story.steps

    # ── the days ───────────────────────────────────────────────────────────────────────────────────────────────
    def after(self, fewest: int, most: int) -> None:
        """Some days later; nothing happens on the same day unless `fewest` is 0."""
        self.day += dt.timedelta(days=self.rng.randint(fewest, most))
        if self.story.due_kind != "immediate":
            self.day = self.calendar.next_workday(self.day)

    def step(self, verb: str, actor: str, **data) -> None:
        if self.day <= self.today:
            self.story.steps.append(Step(self.day, verb, actor, data))

    @property
    def rechecker(self) -> str:
        return f"clerk:{self.recheck_unit}"

    @property
    def head(self) -> str:
        return f"head:{self.recheck_unit}"

    # ── what one does ──────────────────────────────────────────────────────────────────────────────────────────
    def acknowledge(self) -> None:
        self.after(0, 2)
        self.step("acknowledge", "rectifier", acknowledged_on=self.day)

    def claim(self, fewest: int, most: int, again: bool = False) -> None:
        self.after(fewest, most)
        text, place = self.story.template, self.story.place
        progress = text["progress"].format(place=place)
        if again:
            progress = f"针对复查意见再次整改：{progress}"
        data = {"claimed_on": self.day, "measures": text["measures"], "progress": progress,
                "prevention": text["prevention"], "photos": not again or self.rng.random() < 0.7}
        if self.rng.random() < 0.25:
            data["lessons"] = "对同类部位进行了排查，未发现同类问题。"
        self.step("claim", "rectifier", **data)

    def claim_in_time(self) -> None:
        """Most keep the deadline, some do not."""
        if self.story.due_kind == "immediate":
            return self.claim(0, 0)
        left = ((self.due or self.day + dt.timedelta(days=20)) - self.day).days
        if self.rng.random() < 0.13:
            return self.claim(max(left, 1) + 1, max(left, 1) + 9)
        return self.claim(min(2, max(left, 0)), max(left - 1, min(2, max(left, 0))))

    def recheck(self, passed: bool) -> None:
        self.after(0, 1) if self.story.due_kind == "immediate" else self.after(1, 6)
        text = self.rng.choice(PASSED).format(place=self.story.place) if passed else (
            f"复查不合格：{self.story.template['failed']}。请继续整改后重新申请复查。")
        self.step("pass_recheck" if passed else "fail_recheck", self.rechecker, rechecked_on=self.day, opinion=text,
                  photos=passed and self.rng.random() < 0.3)

    def ask_extension(self, asked: dt.date | None = None, patience: int = 8) -> None:
        """Asked while the deadline still runs."""
        left = max((self.due - self.day).days, 0)
        self.after(min(1, left), max(min(left - 3, patience), min(1, left)))
        self.day = min(self.day, self.due)
        new_due = asked or days_after(self.due, 15, self.calendar)
        self.step("ask_extension", "rectifier", new_due=new_due, reason=self.rng.choice(EXTENSION_REASONS))

    def start(self) -> None:
        if self.story.due_kind != "immediate":
            self.acknowledge()

    def finish(self) -> None:
        self.claim_in_time()
        self.recheck(True)

    # ── courses ────────────────────────────────────────────────────────────────────────────────────────────────
    def plain(self) -> None:
        self.start()
        self.finish()

    def failed(self, times: int = 1) -> None:
        self.start()
        self.claim_in_time()
        for _ in range(times):
            self.recheck(False)
            self.claim(2, 9, again=True)
        self.recheck(True)

    def failed_twice(self) -> None:
        self.failed(2)

    def failed_open(self) -> None:
        self.start()
        self.claim_in_time()
        self.recheck(False)

    def extended(self) -> None:
        self.start()
        asked = days_after(self.due, self.rng.choice((7, 10, 15)), self.calendar)
        self.ask_extension(asked)
        self.after(0, 1)
        self.step("approve_extension", self.head, comment="情况属实，同意延期，临时管控措施不得放松。")
        self.due = asked
        self.finish()

    def extension_asked(self) -> None:
        self.ask_extension(patience=2)

    def extension_refused(self) -> None:
        self.start()
        self.ask_extension()
        self.after(0, 1)
        self.step("refuse_extension", self.head, comment="理由不充分，按原期限完成整改。")
        self.finish()

    def stalled(self) -> None:
        """Nothing comes; it is chased."""
        self.start()
        self.day = max(self.day, self.due or self.day)
        for _ in range(self.rng.randint(0, 3)):
            self.after(2, 8)
            self.step("chase", self.rechecker, comment=self.rng.choice(CHASES))

    def awaiting(self) -> None:
        self.start()
        self.claim_in_time()

    def transferred(self) -> None:
        self.start()
        self.after(1, 2)
        self.step("ask_transfer", self.rechecker, receiver=self.story.regulator, reason=TO_REGULATOR)
        self.after(0, 2)
        self.step("accept_transfer", f"clerk:{self.story.regulator}")
        self.recheck_unit = self.story.regulator
        self.finish()

    def transfer_asked(self) -> None:
        self.after(1, 2)
        self.step("ask_transfer", self.rechecker, receiver=self.story.regulator, reason=TO_REGULATOR)

    def transfer_returned(self) -> None:
        self.start()
        self.after(1, 2)
        self.step("ask_transfer", self.rechecker, receiver=self.story.regulator, reason="建议由日常监管部门复查。")
        self.after(0, 2)
        self.step("return_transfer", f"clerk:{self.story.regulator}", comment="由检查单位复查更为适宜，退回。")
        self.finish()

    def cancelled(self) -> None:
        self.after(1, 6)
        self.step("ask_cancel", f"clerk:{self.story.filer}",
                  reason="经核实，所述部位已按标准设置，系检查时误判，申请撤销。")
        self.after(0, 2)
        self.step("approve_cancel", self.head, comment="经现场核实情况属实，同意撤销。")

    def cancel_asked(self) -> None:
        self.after(1, 2)
        self.step("ask_cancel", f"clerk:{self.story.filer}", reason="企业已提供检测报告，所述问题不属实，申请撤销。")

    def merged(self) -> None:
        self.after(0, 3)
        self.step("merge", f"clerk:{self.story.filer}", comment="与其他单位检查发现的问题为同一隐患，合并办理。")

    def gone(self) -> None:
        self.start()
        self.after(4, 15)
        self.step("ask_gone", f"clerk:{self.story.township}", reason="企业已关停，设备拆除、断水断电，隐患随主体灭失。")
        self.after(1, 4)
        self.step("approve_gone", self.head, comment="现场核实厂房已清空，同意按主体灭失核销。")

    def reopened(self) -> None:
        self.start()
        self.finish()
        self.after(8, 30)
        self.step("reopen", f"clerk:{self.story.filer}", found_on=self.day, fake=True,
                  comment=f"回头看发现：{self.story.template['failed']}，原整改情况不实，重新打开。")
        self.claim(3, 12, again=True)
        self.recheck(True)

    def standing(self) -> None:
        self.start()

    def raised(self) -> None:
        self.start()
        self.after(1, 3)
        self.step("raise_level", self.rechecker, criterion=self.story.criterion,
                  criterion_note="经专家会诊，符合判定标准相关条款", comment="专家会诊认定为重大事故隐患。")
        self.after(0, 2)
        self.decide_listing()
        self.finish()

    def downgraded(self) -> None:
        self.start()
        self.after(2, 5)
        self.step("ask_downgrade", self.rechecker,
                  reason="主要危险因素已消除，经专家复核不再符合重大事故隐患判定条款。")
        self.after(0, 2)
        self.step("approve_downgrade", self.head, comment="附专家复核意见，同意降为一般隐患。")
        self.finish()

    def corrected(self) -> None:
        self.start()
        self.after(0, 2)
        self.step("correct", f"clerk:{self.story.filer}", reason="现场记录笔误",
                  values={"place": f"{self.story.place}（含相邻区域）"})
        self.finish()

    def major(self) -> None:
        self.start()
        self.after(0, 2)
        self.decide_listing()
        self.finish()

    def decide_listing(self) -> None:
        listed = self.story.source != "self_report"
        basis = "八（一）：检查、举报核实发现的重大事故隐患，予以挂牌督办。" if listed else (
            "八（一）：企业自查自报的重大事故隐患不再挂牌，由日常监管部门督促整改。")
        self.step("decide_listing", self.head, listing="listed" if listed else "not_listed", listing_basis=basis)

    def draft(self) -> None:
        """Registered, not yet issued."""
