"""The peers' harness, taken as it is: where it lies, what it needs installed and filled, and a run of it with us."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import sqlalchemy as sa

from bench.county import County, create_database
from config import ROOT
from tests.support.databases import SERVER

PLACES = (os.environ.get("PEERS", ""), str(ROOT / "../shared/peers"))
VENVS = ("bench", "bare", "fab", "django", "flaskadmin", "starlette")
SHORT = {"postgresql": "pg", "sqlite": "sqlite"}


def find() -> Path | None:
    return next((Path(place).resolve() for place in PLACES if place and (Path(place) / "bench.py").exists()), None)


class Harness:
    """`root` holds its environments and its data; both are made once and kept."""

    def __init__(self, place: Path, root: Path, hazards: int):
        self.place, self.root, self.hazards = place, root, hazards
        self.data = root / "data"
        self.database = f"zls_bench_peers_{hazards}"

    def run(self, script: str, *arguments: str, venv: str = "bench", kind: str = "postgresql", cwd: Path | None = None):
        subprocess.run([str(self.root / f"v_{venv}" / "bin" / "python"), script, *arguments], check=True,
                       cwd=cwd or self.place, env=self.environment(kind))

    def environment(self, kind: str) -> dict[str, str]:
        env = {**os.environ, "BENCH_ROOT": str(self.root), "BENCH_DB": SHORT[kind], "BENCH_ROWS": str(self.hazards),
               "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.place)}
        if SERVER:
            url = sa.make_url(SERVER)
            env["BENCH_PG"] = (f"host={url.host or '127.0.0.1'} port={url.port or 5432} "
                               f"user={url.username or 'postgres'} dbname={self.database}")
        return env

    def prepare(self, kinds: list[str]) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        for name in VENVS:
            self._install(name)
        filled = self.data / f"filled-{self.hazards}-{'-'.join(kinds)}"
        if filled.exists():
            return
        if "postgresql" in kinds:
            create_database(self.database, anew=True)
        self.run("generate.py", *(() if "postgresql" in kinds else ("--only", "sqlite")))
        self.run("make_xlsx.py")
        self.run("make_xlsx.py", "--text")
        for kind in kinds:
            self.run("-m", "peers.fab", venv="fab", kind=kind)
            self.run("-m", "peers.django_peer", "setup", venv="django", kind=kind)
        filled.touch()

    def _install(self, name: str) -> None:
        folder = self.root / f"v_{name}"
        if not (folder / "ready").exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            listed = self.place / f"req_{name}.txt"
            subprocess.run([str(folder / "bin" / "pip"), "install", "-q", "-r", str(listed)], check=True)
            (folder / "ready").touch()

    def config(self, county: County) -> Path:
        """Their entries and ours in one file."""
        filled = (ROOT / "bench" / "ours.toml").read_text()
        for word, value in {
            "python": sys.executable, "tree": str(ROOT), "data": str(county.folder), "url": county.url,
            "unit": str(county.unit), "run": f"{time.time():.0f}",
        }.items():
            filled = filled.replace(f"@{word}@", value)
        path = self.data / f"peers-{county.kind}.toml"
        path.write_text((self.place / "peers.toml").read_text() + "\n" + filled)
        return path

    def measure(self, county: County, phases: str, peers: str, more: list[str]) -> dict:
        """`{"peers": titles, "res": {peer: {operation: …}}}` as the harness writes it."""
        out = self.data / f"{county.kind}.json"
        config = self.config(county)
        known = [name for name in tomllib.loads(config.read_text())["peer"] if name != "directus"]
        names = known if peers == "all" else peers.split(",")
        self.run("bench.py", "--db", SHORT[county.kind], "--config", str(config), "--out", str(out), "--phases", phases,
                 "--peers", ",".join(names), *more, kind=county.kind)
        return json.loads(out.read_text())
