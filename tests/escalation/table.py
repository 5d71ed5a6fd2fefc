"""Makes the situations of table.tsv in the county under test: each gives the id of the case that shows it."""

import datetime as dt
import re

from app.submissions.models import Submission
from tests.support import submission_factories as ledgers
from tests.support import task_factories as tasks
from tests.support.escalation_factories import change, delivery, letter, occasion

DAY = dt.date(2026, 3, 20)
TYPES = {"提示函": "advisory", "提醒函": "reminder", "督办函": "supervisory"}
SOURCES = {"督导巡查": "oversight", "帮扶指导": "assistance", "考核反馈": "assessment",
           "执法检查": "enforcement", "企业自查自报": "self_report",
           "群众举报核实": "tipoff", "上级交办": "superior"}
ISSUER, UNIT, INSPECTOR, FIRM, DAILY = "zhujian", "fengcheng", "zhujian", "firm", "yingji"
WHO = {  # by source: the words of the table → a unit of the county
    "下达单位": ISSUER, "责任单位": UNIT, "检查单位": INSPECTOR, "整改单位": FIRM, "日常监管部门": DAILY,
    "县安委办": "office", "报送单位": None, "登记单位": "zhujian", "涉及单位": UNIT, "几个单位": None,
    "发函单位": "zhujian", "收函单位": UNIT,
}


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def count(event: str) -> int:
    """The number that a situation names; 0: today."""
    found = re.search(r"\d+", event)
    return int(found[0]) if found else 0


def make(world, source: str, event: str) -> int:
    """The case of a line of the table, as it stands on DAY."""
    if source.endswith("的隐患"):
        made = hazard(world, SOURCES[source.removesuffix("的隐患")], event)
    elif source in TYPES:
        made = answer(world, TYPES[source], event)
    else:
        made = {"重点任务": task, "长期坚持的任务": standing, "台账报送": ledger, "领导批示": instruction,
                "省内外事故": elsewhere, "恶劣天气": weather}[source](world, event)
    world.move_to(DAY)
    if written := re.search(r"已发(提醒|提示|督办)函|(提醒函)作废了", event):
        what = {"提醒": "reminder", "提示": "advisory"}.get(written[1] or "提醒", "supervisory")
        if source not in TYPES:
            letter(world, UNIT, type=what, shown_by=made, state="void" if written[2] else "issued")
    return made


def task(world, event: str) -> int:
    days = count(event)
    if "没有填报" in event:
        world.move_to(ago(days))
        return tasks.share(world, tasks.task(world, ISSUER, (UNIT,), due=DAY + dt.timedelta(days=120)), UNIT)
    due = DAY + dt.timedelta(days=9) if "退回" in event else ago(days)
    share = tasks.share(world, tasks.task(world, ISSUER, (UNIT,), due=due, happened_on=ago(90)), UNIT)
    for _ in range(days if "退回" in event else 0):
        tasks.do_share(world, UNIT, "claim", share)
        tasks.do_share(world, ISSUER, "reject", share)
    if "已申请办结" in event or "已办结" in event:
        tasks.do_share(world, UNIT, "claim", share)
    if "已办结" in event:
        tasks.do_share(world, ISSUER, "verify", share)
    if "催办过" in event:
        tasks.do_share(world, ISSUER, "chase", share)
    return share


def standing(world, event: str) -> int:
    world.move_to(dt.date(2025, 11, 3))
    share = tasks.share(world, tasks.task(world, ISSUER, (UNIT,), due_kind="standing", due=None), UNIT)
    if "本季度报过" in event:
        world.move_to(ago(10))
    tasks.do_share(world, UNIT, "report", share)
    return share


def hazard(world, source: str, event: str) -> int:
    by = FIRM if source == "self_report" else INSPECTOR
    due = ago(count(event)) if "逾期" in event or "到期" in event else DAY + dt.timedelta(days=9)
    major = {"level": "major", "criterion_note": "第三条"} if "重大" in event else {}
    own = {"recheck_unit_id": world[DAILY]} if by == FIRM else {}
    made = world.hazard(by, source=source, due=due, happened_on=min(ago(5), due - dt.timedelta(days=5)), **major, **own)
    for _ in range(count(event) if "复查不通过" in event else 0):
        world.do(FIRM, "claim", made)
        world.do(INSPECTOR, "fail_recheck", made)
    if "报告整改完成" in event or "假整改" in event:
        world.do(FIRM, "claim", made)
    if "假整改" in event:
        world.do(INSPECTOR, "pass_recheck", made)
        world.do(INSPECTOR, "reopen", made)
    return made


def ledger(world, event: str) -> int:
    """A month of its own for each line: the next unit and ledger that is still untouched."""
    ledgers.on(world, "03-02")
    ledgers.open_all(world)
    taken = world.__dict__.setdefault("ledgers_taken", [])
    unit, which = [(unit, which) for unit in ("fengcheng", "beiliu", "zhujian") for which in ("tasks", "hazards")][
        len(taken)]
    taken.append(unit)
    made = ledgers.month_of(world, unit, "2026-02", which)
    if "已报送" in event:
        ledgers.do(world, unit, "submit", made)
    change(world, Submission, made, due=ago(count(event)), due_sort=ago(count(event)))
    return made


def instruction(world, event: str) -> int:
    days = count(event)
    due = ago(days) if "逾期" in event or "到期" in event else None
    said = ago(40) if due else ago(days)
    made = occasion(world, "instruction", UNIT, by="zhujian", happened_on=said, due=due,
                    state="answered" if "已落实" in event else "open")
    if "已发函" in event:
        letter(world, UNIT, type="supervisory", situation="1", shown_by=made, signed=said)
    return made


def elsewhere(world, event: str) -> int:
    return occasion(world, "elsewhere", UNIT, "beiliu", by="zhujian", happened_on=ago(count(event)))


def weather(world, event: str) -> int:
    return occasion(world, "weather", UNIT, "beiliu", by="zhujian", happened_on=ago(count(event)))


def answer(world, type_: str, event: str) -> int:
    """A delivery of a letter of that type."""
    days = count(event)
    state = {"state": "in_hand", "reply_due": ago(days)}
    if "签收" in event:
        state = {"state": "served", "acknowledged_on": None, "acknowledged_by": None, "reply_due": None}
    elif "方案" in event:
        state = {"state": "in_hand", "plan_days": 3, "plan_due": ago(days), "reply_due": DAY + dt.timedelta(days=5)}
    elif "退回" in event:
        state = {"state": "returned", "returns": days, "reply_due": DAY + dt.timedelta(days=5)}
    elif "已回复" in event:
        state = {"state": "reported", "replied_on": ago(1), "reply_due": ago(9)}
    signed = ago(days) if "签收" in event else ago(30)
    made = letter(world, UNIT, type=type_, by="zhujian", signed=signed, delivered=state)
    if "已发督办函" in event:
        letter(world, UNIT, type="supervisory", escalated_from_id=made)
    return delivery(world, made, UNIT)
