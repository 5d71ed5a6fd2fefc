"""Casts the demo county's occasions and letters from content/occasions.tsv and content/letters.tsv: each state once,
so that every account finds a step of its own. Days count back from the day of loading.
"""
from __future__ import annotations

from dataclasses import dataclass

from app.demo.content import rows
from app.demo.task_stories import ALL_TOWNSHIPS, TOWNSHIPS

CODES = {"县安委办": "阳安办函", "县应急管理局": "阳应急函", "县住建局": "阳建函", "凤城镇": "凤政函"}
RESULT = {"text": "问题已全部整改，台账、照片附后，并开展了举一反三排查。", "signer": "分管负责人", "with_plan": True,
          "late_reason": "跨区域施工，工期顺延。"}
PLAN = {"text": "成立专班，逐条列出责任人和时限，五个工作日内完成。", "signer": "分管负责人"}
CHASE = {"channel": "telephone", "to": "安监站", "comment": "请抓紧报送整改情况。"}
ROAD = (("submit", {}), ("check", {"comment": "同意呈签。"}), ("sign", {"comment": "同意。"}))
BEGUN = {"waiting": 1, "to_sign": 2, "draft": 0}  # how far the letters have come that are not signed yet
NOT_YET = ("凤城镇", "横河镇", "董封乡")  # who have not signed for the warning of rain
# What happened afterwards: (days ago, verb, its data, the recipient; None: of the letter itself).
STEPS = {
    "lessons": ((28, "acknowledge", {}, "县应急管理局"), (27, "acknowledge", {}, "县住建局")),
    "late": ((25, "acknowledge", {}, "河北镇"), (21, "file_plan", PLAN, "河北镇"), (6, "chase", CHASE, "河北镇")),
    "judge": ((15, "acknowledge", {}, "北留镇"), (13, "file_plan", PLAN, "北留镇"), (4, "report", RESULT, "北留镇")),
    "leader": ((7, "acknowledge", {}, "凤城镇"), (5, "file_plan", PLAN, "凤城镇")),
    "wrong": ((9, "acknowledge", {}, "润城镇"), (8, "void", {"comment": "正文日期有误，另发更正函。"}, None)),
    "right": ((7, "acknowledge", {}, "润城镇"), (7, "acknowledge", {}, "町店镇"), (3, "report", RESULT, "润城镇"),
              (2, "accept", {"comment": "同意办结。"}, "润城镇")),
    "rain": tuple((2, "acknowledge", {}, unit) for unit in TOWNSHIPS if unit not in NOT_YET),
}


@dataclass(frozen=True)
class LetterStory:
    """A row of letters.tsv. `situations`: ``{situation: an occasion's key, "hazard" or "task" of the first
    recipient, or nothing}``; `days`: until plan and answer, in working days.
    """

    key: str
    issuer: str
    type: str
    title: str
    grounds: str
    requirements: str
    recipients: tuple[str, ...]
    situations: dict[str, str]
    ago: int
    problems: tuple[str, ...]
    days: tuple[int | None, int | None]

    @property
    def road(self) -> tuple:
        return ROAD[:BEGUN.get(self.key, len(ROAD))]

    @property
    def steps(self) -> tuple:
        return STEPS.get(self.key, ())


def _units(words: str) -> tuple[str, ...]:
    return TOWNSHIPS if words == ALL_TOWNSHIPS else tuple(filter(None, words.split("、")))


def letter_stories() -> list[LetterStory]:
    """In the order in which they were written."""
    return [
        LetterStory(
            *(row[name] for name in ("key", "issuer", "type", "title", "grounds", "requirements")),
            recipients=_units(row["recipients"]), ago=int(row["ago"]),
            situations=dict(one.split(":") for one in row["situations"].split("、")),
            problems=tuple(filter(None, row["problems"].split("|"))),
            days=tuple(int(row[name]) if row[name] else None for name in ("plan_days", "reply_days")),
        )
        for row in rows("letters")
    ]


def occasion_stories() -> list[dict]:
    """The rows of occasions.tsv, the units as a tuple of names."""
    return [{**row, "units": _units(row["units"])} for row in rows("occasions")]
