"""Sheets of the directory as files, and what becomes of them: by the operations, or through the screens."""

import io
import re
from pathlib import Path

import openpyxl

from app.ledgers.drafts import plan_file
from app.ledgers.entering import enter
from app.ledgers.exporting import write_ledger
from app.ledgers.ledger import Ledger
from app.ledgers.planning import Plan


def sheet_file(ledger: Ledger, path: Path, *rows: dict) -> Path:
    """One sheet with the form's heads; rows by column key, other keys become columns of their own."""
    heads = {column.key: column.head for column in ledger.sheet.columns}
    keys = [*heads, *dict.fromkeys(key for one in rows for key in one if key not in heads)]
    book = openpyxl.Workbook()
    page = book.active
    page.title = "名册"
    page.append([ledger.sheet.title])
    page.append(["序号", *(heads.get(key, key) for key in keys)])
    for number, one in enumerate(rows, 1):
        page.append([number, *(one.get(key) for key in keys)])
    book.save(path)
    return path


def planned(world, who: str, ledger: Ledger, path: Path, fixes: dict | None = None) -> Plan:
    with world.session_of(who) as session:
        return plan_file(session, world.hats[who], ledger, path, world.day, path.name, fixes)


def take_in(world, who: str, ledger: Ledger, path: Path, fixes: dict | None = None) -> dict:
    """Plan and enter; the plan has to be without faults and questions."""
    with world.session_of(who) as session:
        plan = plan_file(session, world.hats[who], ledger, path, world.day, path.name, fixes)
        assert not plan.errors(), plan.errors()
        return enter(session, world.hats[who], ledger, plan, world.day, path.name)


def exported(world, who: str, ledger: Ledger, path: Path, query: dict | None = None) -> Path:
    with world.session_of(who) as session:
        write_ledger(session, world.hats[who], ledger, query or {}, path, world.day)
    return path


def cells(path: Path) -> list[dict[str, str]]:
    """The rows of an exported sheet by head, read back."""
    page = openpyxl.load_workbook(path).active
    found, heads = [], None
    for row in page.iter_rows(values_only=True):
        if row[0] == "序号":
            heads = row
        elif heads and isinstance(row[0], int | float):
            found.append({head: value or "" for head, value in zip(heads, row, strict=True) if head})
    return found


def edit(ledger: Ledger, path: Path, number: int = 1, **changes) -> Path:
    """Write into the `number`-th row of an exported sheet, by column key; `trace` is its hidden last column."""
    book = openpyxl.load_workbook(path)
    page = book.active
    columns = {key: at for at, key in enumerate(("", *ledger.sheet.by_key, "trace"), 1)}
    first = next(r for r in range(1, 20) if str(page.cell(r, 1).value) == "1")
    for key, value in changes.items():
        page.cell(first + number - 1, columns[key]).value = value
    book.save(path)
    return path


def upload(visitor, base: str, path: Path):
    """Send a file to the first screen of an import."""
    return visitor.send(f"{base}/import/", {"ledger": (io.BytesIO(path.read_bytes()), path.name)},
                        content_type="multipart/form-data")


def started(visitor, base: str, path: Path) -> str:
    """The address of the draft that an upload makes."""
    answer = upload(visitor, base, path)
    assert answer.status_code == 302, re.findall(r'role="alert"><b>(.*?)</b>', answer.text)
    return answer.headers["Location"]


def confirm(visitor, draft: str, follow_redirects: bool = False, **more):
    """Press the button of the preview that is open now."""
    page = visitor.get(draft).text
    form = {"seen": re.search(r'name="seen" value="(\w+)"', page)[1], **more}
    return visitor.send(f"{draft}/confirm", form, follow_redirects=follow_redirects)
