"""kill -9 at the n-th write, for every n, of confirming an import of each directory: on the page, and as a job.

Each n has a process of its own, which dies just before its n-th INSERT, UPDATE, DELETE or COMMIT. What a county must
not be left with: half a file, a file entered twice, an account whose password nobody can know.
"""

import re
from functools import partial

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from werkzeug.security import check_password_hash

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER
from app.administration.people_ledger.ledger import PEOPLE_LEDGER, PeopleImports
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.ledgers import commands
from app.organization.models import Organization, User
from app.organization.settings import Setting
from tests.administration.ledgers import edit, exported, sheet_file, started
from tests.hazards.test_kill import content, differing, faults
from tests.jobs.support import JOBS, die, ended, fork, let_lease_pass, work_off

PASSWORD = re.compile(r"<dd><code>([\w.-]+)</code></dd><dt>一次性密码</dt><dd><code>(\w+)</code>")
WRITES = ("INSERT", "UPDATE", "DELETE")
FILES = {  # base of the addresses: (ledger, a recorded row and what it says from now on, a new row)
    "/enterprises": (ENTERPRISE_LEDGER, ({"name": "铸造"}, {"principal": "牛某某", "others": "住建局（燃气）"}),
                     {"name": "甲县宏泰钢构有限公司", "territory": "凤城镇", "daily": "应急管理局", "names": "宏泰"}),
    "/units": (UNIT_LEDGER, ({"name": "应急"}, {"short_name": "应急局", "names": "安监局"}),
               {"name": "甲县林业局", "kind": "部门", "industries": "冶金工贸", "names": "林草局"}),
    "/people": (PEOPLE_LEDGER, ({"last_name": "北留"}, {"phone": "13800000009"}),
                {"name": "栗某某", "username": "lmm", "unit": "凤城镇", "role": "填报人"}),
}


def until(world, act, die_at: int | None = None) -> bool:
    """Whether `act` came to its end in a process of its own, which dies at its n-th write."""

    def dying():
        done = 0

        def count(*said):
            nonlocal done
            done += len(said) == 1 or said[2].startswith(WRITES)  # a commit comes with its connection only
            if done == die_at:
                die()

        with world.app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            event.listen(db.engine, "commit", count)
        act()

    code = ended(fork(world.app, dying))
    assert code in (0, -9), "it failed by itself"
    return code == 0


def ledger_file(world, folder, base: str):
    """An export with one row changed, and a new row below it."""
    ledger, (query, changes), new = FILES[base]
    path = edit(ledger, exported(world, "admin", ledger, folder / "名册.xlsx", query), **changes)
    book = openpyxl.load_workbook(path)
    page = book.active
    heads = next(row for row in page.iter_rows() if row[0].value == "序号")
    places = {cell.value: cell.column for cell in heads}
    below = next(row[0].row for row in page.iter_rows(min_row=heads[0].row + 1) if row[0].value == 1) + 1
    page.insert_rows(below)
    page.cell(below, 1, 2)
    for key, value in new.items():
        page.cell(below, places[ledger.sheet.by_key[key].head], value)
    book.save(path)
    return path


def seen(visitor, draft: str) -> dict:
    """What the preview's button sends."""
    return {"seen": re.search(r'name="seen" value="(\w+)"', visitor.get(draft).text)[1]}


def confirming(world, base: str, path):
    """`(address of the draft, what presses its button)`."""
    admin = world.as_("admin")
    draft = started(admin, base, path)
    form = seen(admin, draft)

    def press():
        answer = admin.send(f"{draft}/confirm", form)
        assert answer.status_code in (200, 302), answer.text

    return draft, press


def outcome(world) -> tuple[str, dict]:
    with world.system() as session:
        return session.execute(sa.select(ImportDraft.outcome, ImportDraft.result)).one()


@pytest.mark.parametrize("base", FILES)
def test_a_confirmed_import_is_never_half_written(world, tmp_path, base):
    _draft, press = confirming(world, base, ledger_file(world, tmp_path, base))
    before, step = content(world), 1
    while not until(world, press, step):
        assert content(world) == before, f"killed at write {step}: {differing(before, content(world))}"
        step += 1
    assert step > 5, "it was killed at hardly any step"
    state, result = outcome(world)
    assert (state, result["new"], result["changed"]) == ("done", 1, 1)
    assert faults(world) == []
    once = content(world)
    press()
    assert content(world) == once, f"pressed again: {differing(once, content(world))}"


@pytest.mark.parametrize("base", ["/enterprises", "/units"])
def test_a_long_import_killed_again_and_again_is_written_once(world, tmp_path, base):
    """Each worker dies one write later than the one before, and the next picks the job up; the last one ends it."""
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="import_job_rows", value=1, valid_from=world.day))
    _draft, press = confirming(world, base, ledger_file(world, tmp_path, base))
    press()
    before, step = everything_but_jobs(world), 1
    while not until(world, partial(work_off, world.app), step):
        assert everything_but_jobs(world) == before, f"killed at write {step}"
        pick_up(world)
        step += 1
    assert step > 8, "it was killed at hardly any step"
    assert outcome(world)[0] == "done"
    with world.system() as session:
        assert session.execute(sa.select(JOBS.c.state, JOBS.c.lease_owner)).all() == [("done", None)]
        name = FILES[base][2]["name"]
        assert session.scalar(sa.select(sa.func.count()).where(Organization.name == name)) == 1
    assert work_off(world.app) == 0
    assert faults(world) == []


def everything_but_jobs(world) -> dict:
    return {name: rows for name, rows in content(world).items() if name != "jobs"}


def pick_up(world) -> None:
    """As if its worker had been silent for longer than a lease; how often it is tried is another test's matter."""
    with world.system() as session, unit_of_work(session):
        job_id = session.scalar(sa.select(JOBS.c.id))
        session.execute(sa.update(JOBS).where(JOBS.c.attempt > 1).values(attempt=1))
    let_lease_pass(world, job_id)


# ── one-time passwords ─────────────────────────────────────────────────────────────────────────────────────────────
def fits(world, username: str, password: str) -> bool:
    with world.system() as session:
        return check_password_hash(session.scalar(sa.select(User.password).where(User.username == username)), password)


def test_slips_that_never_reached_the_screen_are_made_anew(world, tmp_path, monkeypatch):
    """The server dies when the accounts are written and their passwords are not told yet."""
    draft, press = confirming(world, "/people", ledger_file(world, tmp_path, "/people"))
    monkeypatch.setattr(PeopleImports, "_told", die)
    assert not until(world, press)
    monkeypatch.undo()
    assert outcome(world)[0] == "done"
    admin = world.as_("admin")
    assert "重新生成" in admin.get(draft).text
    [(username, password)] = PASSWORD.findall(admin.send(f"{draft}/slips").text)
    assert (username, fits(world, username, password)) == ("lmm", True)


def told_in(path) -> dict[str, str]:
    """`{user name: password}` of a file of slips."""
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return {row[3]: row[4] for row in rows if isinstance(row[0], int | float)}


def commanding(world, path, slips):
    arguments = ["ledger", "import", "people", path, "--unit", "县安委办", "--county", "甲县", "--slips", slips]

    def command():
        result = world.app.test_cli_runner().invoke(args=[*map(str, arguments)])
        assert result.exit_code == 0, result.output

    return command


def test_a_command_killed_anywhere_leaves_no_password_untold(world, tmp_path):
    """The same command again goes on; what it says of slips is right whenever an account is there."""
    slips = tmp_path / "密码条.xlsx"
    command, before, step = commanding(world, ledger_file(world, tmp_path, "/people"), slips), content(world), 1
    while not until(world, command, step):
        assert content(world) == before, f"killed at write {step}"
        step += 1
    assert step > 5
    told = told_in(slips)
    assert [*told] == ["lmm"] and fits(world, "lmm", told["lmm"])
    assert slips.stat().st_mode & 0o077 == 0


def test_a_command_given_again_keeps_the_slips(world, tmp_path, monkeypatch):
    """Killed when all was written, before it could say so; whoever gave it cannot know, and gives it again."""
    slips = tmp_path / "密码条.xlsx"
    command = commanding(world, ledger_file(world, tmp_path, "/people"), slips)
    monkeypatch.setattr(commands, "tell", die)
    assert not until(world, command)
    monkeypatch.undo()
    command()
    assert fits(world, "lmm", told_in(slips)["lmm"])


def test_slips_of_a_former_import_are_not_written_over(world, tmp_path):
    """The only copy of passwords stays, whatever file the next import names."""
    slips = tmp_path / "密码条.xlsx"
    for username in ("lmm", "ymm"):
        row = {"name": username, "username": username, "unit": "凤城镇", "role": "填报人"}
        commanding(world, sheet_file(PEOPLE_LEDGER, tmp_path / f"{username}.xlsx", row), slips)()
    told = {}
    for path in tmp_path.glob("密码条*.xlsx"):
        assert path.stat().st_mode & 0o077 == 0
        told |= told_in(path)
    assert told_in(slips).keys() == {"ymm"}
    assert told.keys() == {"lmm", "ymm"} and all(fits(world, *one) for one in told.items())
