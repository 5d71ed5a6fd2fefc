"""5,000 rows in, ours and the bound's by turns: read, checked, looked at, confirmed and entered, all of it waited for.

The harness cannot follow where an upload leads, so this one operation is timed here. Each turn brings other rows: known
ones would only be found again.
"""
from __future__ import annotations

import datetime as dt
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from app import create_app
from app.access.scope import system_session
from app.casework.clock import ZONE
from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.hazards.sheet import HAZARD_SHEET
from app.organization.models import Organization
from bench.client import Client, hidden
from bench.county import PASSWORD, USER, County
from tests.support.processes import Running, free_port

ROWS, TURNS = 5000, 3
_units = Organization.__table__


def by_turns(harness, county: County) -> dict[str, dict]:
    """`{"bare" | "ours": {"p50": seconds, …}}`."""
    names, taken = _firms(county), {"bare": [], "ours": []}
    with bare(harness, county.kind) as port, Running(county.folder, DATABASE_URL=county.url) as server:
        theirs, ours = Client(port, USER, PASSWORD, "/login"), Client(server.port, USER, PASSWORD)
        for _turn in range(TURNS):
            taken["bare"].append(_bare(theirs, harness.data / "import5000.xlsx"))
            harness.run("-c", "import os, bench; bench.clean_import(os.environ['BENCH_DB'])", kind=county.kind)
            taken["ours"].append(_ours(ours, ledger(harness.data / "ours5000.xlsx", names)))
    return {name: {"n": TURNS, "p50": sorted(times)[TURNS // 2], "p95": max(times), "min": min(times)}
            for name, times in taken.items()}


def _firms(county: County) -> list[str]:
    app = create_app("production", DATA_DIR=str(county.folder), DATABASE_URL=county.url)
    with app.app_context(), system_session("bench") as session:
        of_kind = sa.select(_units.c.name).where(_units.c.kind == "enterprise").order_by(_units.c.id).limit(ROWS)
        return list(session.scalars(of_kind))


def ledger(path: Path, firms: list[str]) -> Path:
    """Attachment 2 with new hazards of known enterprises."""
    mark, day = uuid4().hex[:8], dt.datetime.now(ZONE).date().isoformat()
    rows = ({
        "inspector": "县应急管理局 张某", "method": "日常检查", "is_major": "否", "is_listed": "否",
        "measures": "立即整改",
        "inspected_on": day, "due": day, "rectifier": f"{firms[n % len(firms)]} 李某",
        "description": f"原料仓库灭火器已过有效期，第{n}处，{mark}",
    } for n in range(ROWS))
    write(path, HAZARD_SHEET, rows, FormMeta(filing_unit="县安委办"))
    return path


def _ours(client: Client, path: Path) -> float:
    form = client.get("/hazards/import/")
    token = {"csrf_token": hidden(form.text, "csrf_token")}
    sent = client.upload("/hazards/import/", token, "ledger", path.name, path.read_bytes())
    assert sent.status == 302, "not taken in"
    preview = client.get(sent.location)
    seen = {name: hidden(preview.text, name) for name in ("csrf_token", "seen")}
    confirmed = client.post(f"{sent.location}/confirm", seen)
    assert confirmed.status == 302 and str(ROWS) in client.get(sent.location).text, "not entered"
    return (sent.milliseconds + preview.milliseconds + confirmed.milliseconds) / 1000


def _bare(client: Client, path: Path) -> float:
    answer = client.upload("/hazard/import", {}, "file", path.name, path.read_bytes())
    assert answer.status == 200 and str(ROWS) in answer.text, answer.text[:500]
    return answer.milliseconds / 1000


@contextmanager
def bare(harness, kind: str):
    """The bound's server, as the harness starts it."""
    port = free_port()
    command = [str(harness.root / "v_bare/bin/gunicorn"), "-w", "2", "-k", "gthread", "--threads", "4", "-t", "600",
               "-b", f"127.0.0.1:{port}", "--log-level", "warning", "peers.bare:app"]
    server = subprocess.Popen(command, cwd=harness.place, env=harness.environment(kind))
    try:
        for _try in range(200):
            try:
                Client(port, USER, PASSWORD, "/login")
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(15)
