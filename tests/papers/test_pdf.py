"""A paper as PDF, through the worker: for whoever may read the paper, where a program that makes it is installed.

The program is a real one on the path that writes a real file: LibreOffice is too large for every machine of tests.
"""

import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.jobs import Job
from app.papers import pdf
from app.papers.models import Paper
from tests.jobs.support import row, work_off
from tests.support import letter_factories as letters

CONVERTER = f"""#!{sys.executable}
import pathlib, sys, zipfile
words = sys.argv[1:]
folder, document = pathlib.Path(words[words.index("--outdir") + 1]), pathlib.Path(words[-1])
profile = next(word for word in words if word.startswith("-env:UserInstallation=file://"))
assert words[words.index("--convert-to") + 1] == "pdf" and profile.endswith(f"{{folder}}/profile")
said = zipfile.ZipFile(document).read("word/document.xml")
(folder / "paper.pdf").write_bytes(b"%PDF-1.7\\n% " + str(len(said)).encode() + b"\\n%%EOF\\n")
"""
FAILING = f"#!{sys.executable}\nraise SystemExit(77)\n"


def installed(folder: Path, monkeypatch, program: str | None) -> None:
    """Let the path hold this program and nothing else."""
    folder.mkdir(exist_ok=True)
    if program:
        made = folder / "soffice"
        made.write_text(program)
        made.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture
def signed(world):
    """A letter to two townships with its Word file; `(letter, paper)` by their ids."""
    letter_id = letters.bring(world, "issued")
    work_off(world.app)
    with world.system() as session:
        found = sa.select(Paper.id).where(Paper.case_id == letter_id, Paper.kind == "letter")
        return letter_id, session.execute(found).scalar_one()


def pdf_jobs(world) -> list[int]:
    table = Job.__table__
    with world.system() as session:
        return session.execute(sa.select(table.c.id).where(table.c.kind == pdf.PDF)).scalars().all()


def test_without_the_program_it_is_not_offered(world, signed, tmp_path, monkeypatch):
    letter_id, paper_id = signed
    installed(tmp_path / "bin", monkeypatch, None)
    assert pdf.converter() is None
    visitor = world.as_("office")
    page = visitor.get(f"/letters/{letter_id}").text
    assert ".docx" in page and f"/papers/{paper_id}/pdf" not in page
    assert visitor.send(f"/papers/{paper_id}/pdf").status_code == 404 and pdf_jobs(world) == []


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_who_reads_the_paper_takes_its_pdf(world, signed, tmp_path, monkeypatch, who):
    letter_id, paper_id = signed
    installed(tmp_path / "bin", monkeypatch, CONVERTER)
    visitor = world.as_(who)
    assert f'action="/papers/{paper_id}/pdf"' in visitor.get(f"/letters/{letter_id}").text
    asked = [visitor.send(f"/papers/{paper_id}/pdf") for _twice in range(2)]
    (job_id,) = pdf_jobs(world)
    assert [answer.headers["Location"] for answer in asked] == [f"/jobs/{job_id}"] * 2
    work_off(world.app)
    assert row(world, job_id).state == "done"
    with visitor.get(f"/jobs/{job_id}/file") as answer:
        content, name = answer.data, answer.headers["Content-Disposition"]
    assert content.startswith(b"%PDF-1.7") and content.endswith(b"%%EOF\n") and ".pdf" in name
    assert content == written_from(world, paper_id)
    entries = TimelineEntry.__table__
    with world.system() as session:
        told = session.execute(sa.select(entries.c.extra).where(entries.c.verb == "export")).scalars().all()
    assert [extra["form"] for extra in told] == [pdf.PDF]
    others = world.as_("beiliu" if who == "fengcheng" else "office_head")
    assert others.get(f"/jobs/{job_id}/file").status_code == 404


def written_from(world, paper_id: int) -> bytes:
    """What the program on the path makes of the paper's own file."""
    with world.system() as session:
        sha256 = session.execute(sa.select(Paper.sha256).where(Paper.id == paper_id)).scalar_one()
    said = zipfile.ZipFile(pdf.path_of(world.app.config["DATA_DIR"], sha256)).read("word/document.xml")
    return b"%PDF-1.7\n% " + str(len(said)).encode() + b"\n%%EOF\n"


def test_who_may_not_read_the_paper_asks_in_vain(world, signed, tmp_path, monkeypatch):
    _letter_id, paper_id = signed
    installed(tmp_path / "bin", monkeypatch, CONVERTER)
    for who, status in (("yingji", 404), ("firm", 404), ("other_office", 404), ("admin", 403), ("auditor", 403)):
        assert world.as_(who).send(f"/papers/{paper_id}/pdf").status_code == status, who
    assert world.as_("office").send("/papers/999999/pdf").status_code == 404 and pdf_jobs(world) == []


@pytest.mark.parametrize(("program", "words"), [(FAILING, "没能转成PDF"), (None, "没有安装LibreOffice")])
def test_a_program_that_fails_or_is_gone_is_told(world, signed, tmp_path, monkeypatch, program, words):
    """Asked for while it was there; when the worker comes to it, it is not, or makes nothing."""
    _letter_id, paper_id = signed
    installed(tmp_path / "bin", monkeypatch, CONVERTER)
    visitor = world.as_("office")
    visitor.send(f"/papers/{paper_id}/pdf")
    (tmp_path / "bin" / "soffice").unlink()
    installed(tmp_path / "bin", monkeypatch, program)
    work_off(world.app)
    (job_id,) = pdf_jobs(world)
    page = visitor.get(f"/jobs/{job_id}").text
    assert row(world, job_id).state == "failed" and words in page.replace(" ", "")
    assert f"/jobs/{job_id}/file" not in page
