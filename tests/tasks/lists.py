"""Task lists as files, and what becomes of them: by the operations, or sent through the screens."""

import io
import re
from pathlib import Path

import openpyxl

from app.ledgers.drafts import plan_file
from app.ledgers.entering import enter
from app.ledgers.exporting import write_ledger
from app.ledgers.planning import Plan
from app.tasks.ledger import TASK_LEDGER
from app.tasks.sheet import TASK_SHEET

HEADS = dict(zip((c.key for c in TASK_SHEET.columns), TASK_SHEET.heads, strict=True))
ROW = {
    "content": "开展燃气安全专项整治", "measures": "逐户排查，建立台账", "units": "凤城镇 张三、北留镇 李四",
    "due": "2026年6月30日",
}


def row(**changes) -> dict:
    return {**ROW, **changes}


def a_list(path: Path, *rows: dict, title: str = "2026年重点工作任务清单") -> Path:
    """One sheet with the form's heads; other keys of a row become columns of their own behind them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "清单"
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
        return plan_file(session, world.hats[who], TASK_LEDGER, path, world.day, path.name, fixes)


def only_row(world, who: str, path: Path, fixes: dict | None = None):
    (found,) = planned(world, who, path, fixes).rows
    return found


def take_in(world, who: str, path: Path, fixes: dict | None = None) -> dict:
    """Plan and enter; the plan has to be without faults and questions."""
    with world.session_of(who) as session:
        plan = plan_file(session, world.hats[who], TASK_LEDGER, path, world.day, path.name, fixes)
        assert not plan.errors(), plan.errors()
        return enter(session, world.hats[who], TASK_LEDGER, plan, world.day, path.name)


def exported(world, who: str, path: Path, query: dict | None = None) -> Path:
    with world.session_of(who) as session:
        write_ledger(session, world.hats[who], TASK_LEDGER, query or {}, path, world.day)
    return path


def texts(path: Path) -> list[dict]:
    """The rows of an exported form by column key, without their running number; `trace` is the hidden last column."""
    page = openpyxl.load_workbook(path).active
    keys = (*HEADS, "trace")
    return [dict(zip(keys, (str(cell or "") for cell in values[1:9]), strict=False))
            for values in page.iter_rows(min_row=4, values_only=True) if str(values[0] or "").isdecimal() and values[1]]


def edit(path: Path, number: int = 1, **changes) -> Path:
    """Write into the `number`-th row of an exported form, by column key."""
    book = openpyxl.load_workbook(path)
    page = book.active
    columns = {key: at for at, key in enumerate(("", *HEADS, "trace"), 1)}
    first = next(r for r in range(1, 20) if str(page.cell(r, 1).value) == "1")
    for key, value in changes.items():
        page.cell(first + number - 1, columns[key]).value = value
    book.save(path)
    return path


def add(path: Path, number: int = 1, **more: str) -> Path:
    """Write behind what a cell of an exported form says already."""
    said = texts(path)[number - 1]
    return edit(path, number, **{key: f"{said[key]}\n{text}".strip() for key, text in more.items()})


def upload(visitor, path: Path, name: str | None = None):
    """Send a file to the first screen of the import."""
    return visitor.send(
        "/tasks/import/", {"ledger": (io.BytesIO(path.read_bytes()), name or path.name)},
        content_type="multipart/form-data",
    )


def confirm(visitor, draft: str, follow_redirects: bool = False, **more):
    """Press the button of the preview that is open now."""
    page = visitor.get(draft).text
    form = {"seen": re.search(r'name="seen" value="(\w+)"', page)[1], **more}
    return visitor.send(f"{draft}/confirm", form, follow_redirects=follow_redirects)
