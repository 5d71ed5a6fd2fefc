"""What people do all day, each as one timed step; every answer is looked at, so that no error page is a result."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.hazards.sheet import HAZARD_SHEET
from bench.client import Answer, Client, hidden
from bench.county import ENTERPRISES, RARE

ROW = re.compile(r'name="rowid"|data-case=|<tr[ >]')


@dataclass(frozen=True)
class Operation:
    """`run(clients, n)` does it the n-th time and returns the milliseconds; `samples` at most."""

    name: str
    run: Callable[[dict[str, Client], int], float]
    samples: int = 30


def page(who: str, path: str, expect: str = "</html>") -> Callable:
    def run(clients, n):
        return checked(clients[who].get(path.format(n=n)), 200, expect).milliseconds

    return run


def checked(answer: Answer, status: int, expect: str | bytes = "") -> Answer:
    expect = expect.encode() if isinstance(expect, str) else expect
    assert answer.status == status and expect in answer.body, f"{answer.status}: {answer.body[:2000]!r}"
    return answer


def operations(units: dict[str, int], rows: int, today: dt.date, folder: Path) -> Iterator[Operation]:
    """`units`: the ids of the township, the department and the firm of the bench."""
    yield Operation("list, county", page("county", "/hazards/", "YH-"))
    yield Operation("list, township of 66,000", page("town", "/hazards/", "YH-"))
    yield Operation("list, department", page("bureau", "/hazards/", "YH-"))
    yield Operation("list, enterprise of 5", page("firm", "/hazards/", "YH-"))
    yield Operation("state tab by deadline, county", page("county", "/hazards/?state=rectifying", "YH-"))
    yield Operation("state tab by deadline, township", page("town", "/hazards/?state=rectifying", "YH-"))
    overdue = f"/hazards/?unit={units['town']}&due=over"
    yield Operation("filter unit, open, overdue, county", page("county", overdue))
    yield Operation("filter overdue, county", page("county", "/hazards/?due=over", "YH-"))
    yield Operation("filter level and source, township", page("town", "/hazards/?level=major&source=oversight", "YH-"))
    since = (today - dt.timedelta(days=400)).isoformat()
    yield Operation("filter dates, county", page("county", f"/hazards/?since={since}&until={since}", "YH-"))
    yield Operation("page 400, county", page("county", "/hazards/?page=400", "YH-"))
    yield Operation("page 400, township", page("town", "/hazards/?page=400", "YH-"))
    yield Operation("page 400 of 100, county", page("county", "/hazards/?page=400&size=100", "YH-"))
    common, rare = quote("临时用电"), quote(RARE)
    yield Operation("search common word, county", page("county", f"/hazards/?q={common}", "YH-"))
    yield Operation("search rare word, county", page("county", f"/hazards/?q={rare}", RARE), 10)
    yield Operation("search no hit, county", page("county", "/hazards/?q=zzzz"), 10)
    yield Operation("search rare word, township", page("town", f"/hazards/?q={rare}"), 10)
    yield Operation("workbench, county", page("county", "/"))
    yield Operation("workbench, township", page("town", "/"))
    yield Operation("case page", page("county", f"/hazards/{rows // 2}", "YH-"))
    yield Operation("form of a verb", page("county", f"/hazards/{rows}/do/chase", "csrf_token"))
    yield Operation("form to register", page("bureau", "/hazards/new", "csrf_token"))
    yield Operation("search as you type, 20,000 enterprises",
                    page("county", "/directory/lookup?kinds=enterprises&q=19", "19"))
    yield Operation("save a verb", chase(rows))
    yield Operation("register and issue", register(units, today))
    yield Operation("export 20,000 rows", export(rows, today), 3)
    yield Operation("import, preview 5,000 rows", preview(folder, today), 2)


def chase(rows: int) -> Callable:
    def run(clients, n):
        path = f"/hazards/{rows - 2 * n}/do/chase"
        form = checked(clients["county"].get(path), 200, "csrf_token").text
        sent = {name: hidden(form, name) for name in ("csrf_token", "version")} | {"comment": f"请抓紧整改 {n}"}
        return checked(clients["county"].post(path, sent), 302).milliseconds

    return run


def register(units: dict[str, int], today: dt.date) -> Callable:
    def run(clients, n):
        form = checked(clients["bureau"].get("/hazards/new"), 200, "csrf_token").text
        sent = {
            "csrf_token": hidden(form, "csrf_token"), "description": f"配电箱未上锁，第{n}次", "source": "enforcement",
            "happened_on": today.isoformat(), "due": (today + dt.timedelta(days=9)).isoformat(), "measures": "上锁",
            "inspecting_unit_id": units["bureau"], "enterprise_id": units["firm"], "rectifiers": units["firm"],
            "level": "general", "due_kind": "date", "issue": "1",
        }
        return checked(clients["bureau"].post("/hazards/new", sent), 302).milliseconds

    return run


def export(rows: int, today: dt.date) -> Callable:
    """Of the county's hazards as many days as hold 20,000."""
    days = 1825 * 20_000 // rows
    until = today - dt.timedelta(days=200 + days)
    path = f"/hazards/export?since={until - dt.timedelta(days=days - 1)}&until={until}"

    def run(clients, n):
        return checked(clients["county"].get(path), 200, b"PK").milliseconds

    return run


def ledger_row(firm: int, place: str, today: dt.date) -> dict:
    """A row of attachment 2, by column key."""
    return {
        "inspector": "县应急管理局 张某", "method": "日常检查", "is_major": "否", "is_listed": "否",
        "measures": "立即整改", "inspected_on": (today - dt.timedelta(days=9)).isoformat(),
        "due": (today + dt.timedelta(days=9)).isoformat(), "rectifier": f"企业{firm}号 李某",
        "description": f"原料仓库灭火器已过有效期，{place}",
    }


def preview(folder: Path, today: dt.date) -> Callable:
    """Upload a ledger of 5,000 new hazards and look at its first page."""
    path = folder / "ledger.xlsx"

    def one(n: int) -> dict:
        return ledger_row(n % (ENTERPRISES - 1) + 1, f"第{n}处", today)

    def run(clients, n):
        write(path, HAZARD_SHEET, (one(i + 10 * n) for i in range(1, 5001)), FormMeta(filing_unit="应急管理局"))
        client = clients["bureau"]
        form = checked(client.get("/hazards/import/"), 200, "csrf_token").text
        token = {"csrf_token": hidden(form, "csrf_token")}
        first = client.upload("/hazards/import/", token, "ledger", f"{n}.xlsx", path.read_bytes())
        second = checked(client.get(checked(first, 302).location), 200, "</html>")
        return first.milliseconds + second.milliseconds

    return run
