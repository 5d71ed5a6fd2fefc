"""A long import while eight clerks work: how long any of them waits for an answer (issue 3 §7: nobody over 2 s)."""
from __future__ import annotations

import datetime as dt
import re
import threading
import time
from pathlib import Path

from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.hazards.sheet import HAZARD_SHEET
from bench.client import Client, hidden
from bench.county import ENTERPRISES, PASSWORD
from bench.operations import checked, ledger_row

CLERKS = ("county", "town", "bureau", "firm") * 2
NAME = "a clerk of eight, while 5,000 rows are imported"
ROWS, PAUSE = 5000, 1.0  # seconds between an answer and the clerk's next page: nobody is quicker for long


def imported(client: Client, path: Path, patience: float = 300) -> dict[str, float]:
    """Upload a ledger, look at it, confirm, wait for the worker; `{step: milliseconds}`."""
    form = checked(client.get("/hazards/import/"), 200, "csrf_token").text
    token = {"csrf_token": hidden(form, "csrf_token")}
    sent = client.upload("/hazards/import/", token, "ledger", path.name, path.read_bytes())
    preview = client.get(checked(sent, 302).location)
    seen = {name: hidden(checked(preview, 200, "seen").text, name) for name in ("csrf_token", "seen")}
    began = time.perf_counter()
    confirmed = checked(client.post(f"{sent.location}/confirm", seen), 302)
    assert "/jobs/" in confirmed.location, "too short to be the worker's"
    while not re.search(r'class="state state-(closed|draft|void)', client.get(confirmed.location).text):
        assert time.perf_counter() - began < patience, "the worker does not come to an end"
        time.sleep(0.2)
    return {"upload": sent.milliseconds, "preview": preview.milliseconds, "confirm": confirmed.milliseconds,
            "entered after": (time.perf_counter() - began) * 1000}


class Clerk(threading.Thread):
    """Reads and writes what a clerk does, until `over`; `waited` holds the milliseconds of each answer."""

    def __init__(self, port: int, username: str, rows: int, number: int, over: threading.Event):
        super().__init__(daemon=True)
        self.client, self.rows, self.number, self.over = Client(port, username, PASSWORD), rows, number, over
        self.waited: list[float] = []

    def run(self) -> None:
        turn = self.number * 1000
        while not self.over.wait(PAUSE):
            turn += 1
            if turn % 4 == 0 and self.client.username == "county":
                self.waited.append(self._chase(self.rows - turn))
                continue
            path = ("/", "/hazards/", f"/hazards/?state=rectifying&page={turn % 9 + 1}")[turn % 3]
            self.waited.append(checked(self.client.get(path), 200).milliseconds)

    def _chase(self, hazard_id: int) -> float:
        path = f"/hazards/{hazard_id}/do/chase"
        form = self.client.get(path)
        if form.status != 200:  # closed meanwhile
            return form.milliseconds
        sent = {name: hidden(form.text, name) for name in ("csrf_token", "version")} | {"comment": "请抓紧整改"}
        return self.client.post(path, sent).milliseconds


def together(port: int, rows: int, today: dt.date, folder: Path) -> tuple[list[float], dict[str, float]]:
    """`(milliseconds of every clerk's answers, the import's steps)`."""
    path = folder / f"五千条{time.time():.0f}.xlsx"
    # Other firms than the last run's: about rows that are like known ones the importer would be asked.
    block = int(time.time()) // 60 % (ENTERPRISES // ROWS) * ROWS
    lines = (ledger_row((block + n) % (ENTERPRISES - 1) + 1, f"第{n}处", today) for n in range(1, ROWS + 1))
    write(path, HAZARD_SHEET, lines, FormMeta(filing_unit="应急管理局"))
    over = threading.Event()
    clerks = [Clerk(port, name, rows, number, over) for number, name in enumerate(CLERKS)]
    for clerk in clerks:
        clerk.start()
    try:
        steps = imported(Client(port, "bureau", PASSWORD), path)
    finally:
        over.set()
        for clerk in clerks:
            clerk.join()
    return [waited for clerk in clerks for waited in clerk.waited], steps
