"""Ledgers as files, and what becomes of them: by the operations, or sent through the screens."""

import io
import re
from pathlib import Path

import openpyxl

from app.hazards.ledger import HAZARD_LEDGER
from app.hazards.sheet import HAZARD_SHEET
from app.ledgers.drafts import plan_file
from app.ledgers.entering import enter
from app.ledgers.exporting import write_ledger
from app.ledgers.planning import Plan

HEADS = dict(zip((c.key for c in HAZARD_SHEET.columns), HAZARD_SHEET.heads, strict=True))
FIRM = "试验铸造厂"
ROW = {
    "inspector": "应急管理局 张三", "inspected_on": "2026.3.5", "method": "现场检查", "description": "灭火器压力不足",
    "is_major": "否", "is_listed": "否", "measures": "更换", "rectifier": f"{FIRM} 王五", "due": "2026年3月31日",
}
CLAIMED = {"completion": "已更换", "completed_on": "3月10日", "prevention": "每月检查"}
PASSED = {"recheck_opinion": "2026年3月12日复查合格", "rechecker": "应急管理局：张三"}


def row(**changes) -> dict:
    return {**ROW, **changes}


def ledger(path: Path, *rows: dict, title: str = "问题隐患整改清单") -> Path:
    """One sheet with the form's heads; other keys of a row become columns of their own behind them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    more = [key for one in rows for key in one if key not in HEADS]
    keys = [*HEADS, *dict.fromkeys(more)]
    page.append([title])
    page.append(["序号", *(HEADS.get(key, key) for key in keys)])
    for number, one in enumerate(rows, 1):
        page.append([number, *(one.get(key) for key in keys)])
    book.save(path)
    return path


def planned(world, who: str, path: Path, fixes: dict | None = None) -> Plan:
    with world.session_of(who) as session:
        return plan_file(session, world.hats[who], HAZARD_LEDGER, path, world.day, path.name, fixes)


def take_in(world, who: str, path: Path, fixes: dict | None = None) -> dict:
    """Plan and enter; the plan has to be without faults and questions."""
    with world.session_of(who) as session:
        plan = plan_file(session, world.hats[who], HAZARD_LEDGER, path, world.day, path.name, fixes)
        assert not plan.errors(), plan.errors()
        return enter(session, world.hats[who], HAZARD_LEDGER, plan, world.day, path.name)


def exported(world, who: str, path: Path, filters: dict | None = None) -> Path:
    with world.session_of(who) as session:
        write_ledger(session, world.hats[who], HAZARD_LEDGER, filters or {}, path, world.day)
    return path


def edit(path: Path, number: int = 1, **changes) -> Path:
    """Write into the `number`-th row of an exported form, by column key; `trace` is its hidden last column."""
    book = openpyxl.load_workbook(path)
    page = book.active
    columns = {key: at for at, key in enumerate(("", *HEADS, "trace"), 1)}
    first = next(r for r in range(1, 20) if str(page.cell(r, 1).value) == "1")
    for key, value in changes.items():
        page.cell(first + number - 1, columns[key]).value = value
    book.save(path)
    return path


def upload(visitor, path: Path, name: str | None = None):
    """Send a file to the first screen of the import."""
    return visitor.send(
        "/hazards/import/", {"ledger": (io.BytesIO(path.read_bytes()), name or path.name)},
        content_type="multipart/form-data",
    )


def confirm(visitor, draft: str, follow_redirects: bool = False, **more):
    """Press the button of the preview that is open now."""
    page = visitor.get(draft).text
    form = {"seen": re.search(r'name="seen" value="(\w+)"', page)[1], **more}
    return visitor.send(f"{draft}/confirm", form, follow_redirects=follow_redirects)
