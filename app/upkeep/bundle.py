"""`make bundle`: one archive that installs on a bare machine without a network: sources, wheels, script, hashes.

The wheels are exactly what requirements.lock pins, for one or several versions of Python and one kind of processor.
"""
from __future__ import annotations

import argparse
import gettext
import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from app import console
from app.upkeep.backup import release
from config import ROOT

_ = gettext.gettext
DIST = ROOT / "dist"
PYTHONS = ("3.11", "3.12", "3.13")
LINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")  # what today's wheels are built for
SUMS, SCRIPT = "SHA256SUMS", "install.sh"


class NotMade(SystemExit):
    """Why there is no bundle; the text is the one line that is read."""


def main(arguments: list[str]) -> None:
    wanted = argparse.ArgumentParser(prog="make bundle")
    wanted.add_argument("--python", action="append", help=_("Version of Python, such as 3.12; may be repeated"))
    wanted.add_argument("--machine", default=platform.machine(), help=_("Kind of processor, such as aarch64"))
    asked = wanted.parse_args(arguments)
    path = bundle(asked.python or list(PYTHONS), asked.machine)
    print(_("Bundle written: {file}").format(file=path))
    print(_("Unpack it on the machine and run: sh {script}").format(script=SCRIPT))


def bundle(pythons: list[str], machine: str, dist: Path = DIST) -> Path:
    """Write the archive into `dist`; it appears whole or not at all."""
    name = f"zhualuoshi-{release()}-{commit()}"
    dist.mkdir(exist_ok=True)
    target = dist / f"{name}-{machine}.tar.gz"
    with tempfile.TemporaryDirectory(dir=dist, prefix=".bundle-") as scratch:
        folder = Path(scratch) / name
        sources(folder)
        for python in pythons:
            wheels(folder, python, machine)
        (folder / "wheels" / "PYTHONS").write_text(" ".join(pythons) + "\n")
        shutil.copy(folder / "docs" / "deploy" / SCRIPT, folder / SCRIPT)
        (folder / SUMS).write_text(sums(folder))
        draft = Path(scratch) / target.name
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:  # wheels are packed already
            archive.add(folder, name)
        draft.replace(target)
    return target


def commit() -> str:
    return git("rev-parse", "--short=10", "HEAD").decode().strip()


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    if done.returncode:
        raise NotMade(_("A bundle is made from a git checkout with at least one commit."))
    return done.stdout


def sources(folder: Path) -> None:
    """The tree as committed: what lies about beside it is no part of a release."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "HEAD"))) as tree:
        tree.extractall(folder, filter="data")


def wheels(folder: Path, python: str, machine: str) -> None:
    """What the bundle's lock pins, by hash, for a Python and a processor; pip's own settings say from where."""
    own = (python, machine) == (platform.python_version().rpartition(".")[0], platform.machine())
    target = [] if own else ["--python-version", python, "--implementation", "cp", *(
        word for linux in LINUX for word in ("--platform", f"{linux}_{machine}"))]
    print(_("Fetching what Python {version} on {machine} needs…").format(version=python, machine=machine), flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
         "--no-deps", "--require-hashes", "--requirement", folder / "requirements.lock", "--dest", folder / "wheels",
         *target],
        capture_output=True, text=True,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "ERROR" in line] or [""]
        raise NotMade(_("What the lock pins could not be fetched: {reason}").format(reason=lines[-1]))


def sums(folder: Path) -> str:
    """Lines as sha256sum reads them, of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    assert console.WORDS  # from here on gettext speaks Chinese
    main(sys.argv[1:])
