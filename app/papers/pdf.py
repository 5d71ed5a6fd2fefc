"""A paper as PDF, where LibreOffice is installed; the worker makes it, for whoever may read the paper."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.attachments import path_of
from app.casework.errors import NotFound, Obstacle
from app.casework.history import record
from app.casework.jobs import job_kind
from app.casework.unit_of_work import unit_of_work
from app.papers.models import Paper

PDF = "paper_pdf"
SECONDS = 120


def converter() -> str | None:
    """The program that makes PDFs, if the machine has it."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@job_kind(PDF, _l("PDF of a paper"), permission=P.PAPERS_EXPORT, makes_file=True)
def make(running) -> None:
    paper = running.session.get(Paper, running.params["paper"])  # under the scope of who asked
    if paper is None or paper.sha256 is None:
        raise NotFound
    target = running.file(f"{paper.title}.pdf")
    target.write_bytes(convert(path_of(running.app.config["DATA_DIR"], paper.sha256), target.parent))
    with unit_of_work(running.session):
        record(running.session, running.hat, "export", running.today, extra={"form": PDF, "sha256": paper.sha256})
        running.finish(running.session)


def convert(source: Path, beside: Path) -> bytes:
    """In a folder and with a profile of its own: two at once do not meet, nothing is written elsewhere.

    Raises Obstacle.
    """
    program = converter()
    if program is None:
        raise Obstacle(_l("LibreOffice is not installed on the server."))
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        document = Path(folder, "paper.docx")
        document.write_bytes(source.read_bytes())
        done = subprocess.run(
            [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--convert-to",
             "pdf", "--outdir", folder, str(document)],
            capture_output=True, timeout=SECONDS, env={**os.environ, "HOME": folder}, check=False,
        )
        made = document.with_suffix(".pdf")
        if done.returncode or not made.exists():
            raise Obstacle(_l("The paper could not be made into a PDF."))
        return made.read_bytes()
