"""The product as its own processes, as a clerk's terminal would start them."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CHOSEN_BY_US = ("PORT", "HOST", "DATA_DIR", "DATABASE_URL", "DEMO_PASSWORD", "HTTPS", "FLASK_APP")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data: Path, **more: str) -> dict[str, str]:
    """The shell's variables without those that the product reads; home and temporary files get folders of their own."""
    kept = {name: value for name, value in os.environ.items() if name not in CHOSEN_BY_US}
    home, scratch = data.parent / "home", data.parent / "tmp"
    for folder in (home, scratch):
        folder.mkdir(exist_ok=True)
    return {**kept, "DATA_DIR": str(data), "HOME": str(home), "TMPDIR": str(scratch), **more}


def flask(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """One command, run to its end in `data`."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments], cwd=ROOT, env=environment(data, **more), stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", timeout=120,
    )


class Running:
    """A started product; `output` is what it printed until it was ready."""

    def __init__(self, data: Path, *arguments: str, **more: str):
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", *arguments], cwd=ROOT, encoding="utf-8", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment(data, PORT=str(self.port), PYTHONUNBUFFERED="1", **more),
        )
        self.output = ""
        while "Ctrl-C" not in self.output:
            line = self.process.stdout.readline()
            self.output += line
            if not line:
                self.__exit__()
                raise AssertionError(f"ended at its start: {self.output}")
        self.seconds = time.monotonic() - began

    def family(self) -> list[int]:
        """The supervisor, web master and worker, and the web master's own two workers or more, once all are there."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            pids = [self.process.pid]
            for pid in pids:
                pids += children(pid)
            if len(pids) >= 5:
                return pids
            time.sleep(0.05)
        raise AssertionError(f"only {len(pids)} processes: {self.output}")

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; returns the exit code and what was printed last."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        return self.process.returncode, rest

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []


def gone(pids, seconds: float = 10) -> bool:
    """Whether all of them end within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Stay(urllib.request.HTTPRedirectHandler):
    """Show a redirect instead of following it."""

    def redirect_request(self, *_):
        return None


def signs_in(url: str, username: str, password: str) -> bool:
    """Whether the login form lets this account in: it leads on, or is shown again."""
    with_cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), with_cookies, Stay)
    with opener.open(f"{url}/login/") as answer:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())[1]
    form = urllib.parse.urlencode({"username": username, "password": password, "csrf_token": token})
    try:
        opener.open(f"{url}/login/", form.encode()).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code == 302
    return False
