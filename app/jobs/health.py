"""Whether the worker lives, and how much waits for it."""
from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from app.casework.columns import utcnow
from app.casework.jobs import Job
from app.jobs.overseeing import is_counted

BEAT = "worker_beat"  # a file in DATA_DIR, touched while a worker lives
BEAT_SECONDS = 10
_jobs = Job.__table__


def beat(data_dir: str | Path) -> None:
    (Path(data_dir) / BEAT).touch(mode=0o600)


def worker_age(data_dir: str | Path) -> float | None:
    """Seconds since a worker of this host was last seen alive; None: never."""
    try:
        return max(0.0, time.time() - (Path(data_dir) / BEAT).stat().st_mtime)
    except FileNotFoundError:
        return None


def figures(session) -> dict:
    """`{"queued", "running", "failed_today", "oldest_waiting_seconds"}` over all users; two statements."""
    now = utcnow()
    counted = dict(session.execute(
        sa.select(_jobs.c.state, sa.func.count()).where(is_counted(now)).group_by(_jobs.c.state)
    ).all())
    oldest = session.execute(
        sa.select(sa.func.min(_jobs.c.run_after)).where(_jobs.c.state == "queued", _jobs.c.run_after <= now)
    ).scalar()
    return {
        "queued": counted.get("queued", 0), "running": counted.get("running", 0),
        "failed_today": counted.get("failed", 0),
        "oldest_waiting_seconds": (now - oldest).total_seconds() if oldest else 0.0,
    }
