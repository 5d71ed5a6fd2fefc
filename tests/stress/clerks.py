"""Clerks at work: each in a thread of her own, over HTTP, as quick as the product answers, whatever is killed."""

import datetime as dt
import http.client
import itertools
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.casework.clock import ZONE
from bench.client import Answer, Client, hidden
from tests.support.factories import PASSWORD, picture

BROKEN = (http.client.HTTPException, OSError)
FAULTS = frozenset(range(500, 600))


class Connection(Client):
    """As a browser, but a form is sent once: whether a broken answer came after the deed, nobody can say."""

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str | None = None) -> Answer:
        if method == "GET":
            return super()._send(method, path, body, kind)
        self.connection.close()  # a kept connection may have been closed meanwhile: then nothing was sent
        return super()._send(method, path, body, kind) if path == "/login/" else self._once(method, path, body, kind)

    def _once(self, method, path, body, kind) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Content-Type": kind}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read(), response.headers.get("Location"), 0.0)


@dataclass
class Shift:
    """What the clerks share: where the product is, what was acknowledged, what went wrong."""

    port: int
    words: itertools.count = field(default_factory=itertools.count)
    sent: list[str] = field(default_factory=list)  # descriptions of hazards, before they were posted
    acknowledged: list[str] = field(default_factory=list)  # those that the product said it has
    acts: int = 0
    broken: int = 0
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)  # whether the product is there
    told: threading.Condition = field(default_factory=threading.Condition)

    def count(self) -> None:
        with self.told:
            self.acts += 1
            self.told.notify_all()

    def after(self, more: int, seconds: float) -> None:
        """Return when so many more acts were done, or when that takes too long."""
        with self.told:
            wanted = self.acts + more
            self.told.wait_for(lambda: self.acts >= wanted or self.over.is_set(), seconds)


class Clerk(threading.Thread):
    """Signs in, does one thing after the other, signs in again when the connection broke."""

    def __init__(self, shift: Shift, username: str, world_ids: dict[str, int], seed: int):
        super().__init__(daemon=True)
        self.shift, self.username, self.ids, self.rng = shift, username, world_ids, random.Random(seed)
        self.client: Connection | None = None

    def run(self) -> None:
        while not self.shift.over.is_set():
            self.shift.open.wait(1)
            try:
                self.client = self.client or Connection(self.shift.port, self.username, PASSWORD)
                self.rng.choice(self.things())()
                self.shift.count()
            except BROKEN:
                self.client = None
                self.shift.broken += 1
            except AssertionError as fault:  # bench.client says so of a login that was refused
                self.shift.faults.append(f"{self.username}: {fault!r}")
                self.client = None

    def things(self) -> list[Callable[[], None]]:
        return [self.reads, self.reads, self.registers, self.registers, self.chases, self.reports]

    def checked(self, answer: Answer) -> Answer:
        if answer.status in FAULTS:
            self.shift.faults.append(f"{self.username}: {answer.status} {answer.text[:300]}")
        return answer

    def get(self, path: str) -> Answer:
        return self.checked(self.client.get(path))

    def reads(self) -> None:
        self.get(self.rng.choice(("/", "/hazards/", "/tasks/", "/tasks/shares/")))

    def registers(self) -> None:
        """A hazard with a picture, its words used once."""
        form, today = self.get("/hazards/new"), dt.datetime.now(ZONE).date()
        if form.status != 200:
            return
        said = f"压力试验第{next(self.shift.words)}条"
        fields = {
            "csrf_token": hidden(form.text, "csrf_token"), "description": said, "source": "enforcement",
            "happened_on": today.isoformat(), "due": (today + dt.timedelta(days=9)).isoformat(),
            "inspecting_unit_id": self.ids[self.username], "enterprise_id": self.ids["firm"],
            "rectifiers": self.ids["firm"], "level": "general", "due_kind": "date", "issue": "1",
        }
        self.shift.sent.append(said)
        content = picture(f"#{self.rng.randrange(1 << 24):06x}", size=(300, 200))
        answer = self.checked(self.client.upload("/hazards/new", fields, "photos", "现场.jpg", content))
        if answer.status == 302:
            self.shift.acknowledged.append(said)

    def chases(self) -> None:
        self.does("/hazards/?state=rectifying", "/hazards/{}/do/chase", {"comment": "请抓紧整改"})

    def reports(self) -> None:
        self.does("/tasks/shares/?part=mine", "/tasks/shares/{}/do/report", {
            "reported_on": dt.datetime.now(ZONE).date().isoformat(), "percent": str(self.rng.randrange(0, 95)),
            "text": "排查过半", "overdue_reason": "连日降雨",
        })

    def does(self, ledger: str, verb: str, data: dict) -> None:
        """A verb of some row of a list: whoever was quicker has done it, and that is no fault."""
        page = self.get(ledger).text
        rows = re.findall(verb.split("{", 1)[0].replace("/", r"\/") + r"(\d+)\b", page)
        if not rows:
            return
        path = verb.format(self.rng.choice(rows))
        form = self.get(path)
        if form.status != 200:
            return
        sent = {name: hidden(form.text, name) for name in ("csrf_token", "version")} | data
        self.checked(self.client.post(path, sent))
