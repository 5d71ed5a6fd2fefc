"""Two who import the same at once, and one who edits what another's import is about to change."""

import threading

import pytest
import sqlalchemy as sa

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER
from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.casework.errors import Stale
from app.casework.imports import ImportDraft
from app.ledgers.entering import enter
from app.organization.models import Organization, User
from tests.administration.ledgers import cells, confirm, edit, exported, planned, sheet_file, started, take_in
from tests.administration.test_kill_imports import seen

NEW = {  # ledger: (base of its addresses, a row without a code or user name of its own, the column of its name)
    ENTERPRISE_LEDGER: ("/enterprises", {"name": "甲县宏泰钢构有限公司", "territory": "凤城镇"}, Organization.name),
    UNIT_LEDGER: ("/units", {"name": "甲县林业局", "kind": "部门"}, Organization.name),
    PEOPLE_LEDGER: ("/people", {"name": "栗某某", "unit": "凤城镇", "role": "填报人"}, User.last_name),
}
RECORDED = {  # ledger: (whose export, what the file says of it, what was changed meanwhile, where both are kept)
    ENTERPRISE_LEDGER: ({"name": "铸造"}, {"principal": "牛某某"}, {"principal": "原某某"}, "principal"),
    UNIT_LEDGER: ({"name": "应急"}, {"phone": "1001"}, {"phone": "1002"}, "phone"),
    PEOPLE_LEDGER: ({"last_name": "北留镇"}, {"phone": "1001"}, {"phone": "1002"}, "phone"),
}
LEDGERS = pytest.mark.parametrize("ledger", NEW, ids=lambda ledger: ledger.name)
CHANGED = "没有写入任何内容"


def count(world, ledger) -> int:
    _base, row, name = NEW[ledger]
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count()).where(name == row["name"]))


@LEDGERS
@pytest.mark.parametrize("fixes", [{}, {"名册!3!match": "new"}], ids=["", "told to be new"])
def test_of_two_plans_the_second_finds_it_there(world, tmp_path, ledger, fixes):
    """Both looked before either wrote."""
    path = sheet_file(ledger, tmp_path / "a.xlsx", NEW[ledger][1])
    plans = [planned(world, "admin", ledger, path, fixes) for _who in range(2)]
    with world.session_of("admin") as session:
        enter(session, world.hats["admin"], ledger, plans[0], world.day, path.name)
        with pytest.raises(Stale):
            enter(session, world.hats["admin"], ledger, plans[1], world.day, path.name)
    assert count(world, ledger) == 1


@LEDGERS
def test_two_windows_confirm_one_draft_at_once(world, tmp_path, ledger):
    """Whichever comes first: written once, and the draft is done."""
    base, row, _name = NEW[ledger]
    admin = world.as_("admin")
    draft = started(admin, base, sheet_file(ledger, tmp_path / "a.xlsx", row))
    press_at_once(world, [(draft, seen(admin, draft))] * 2)
    assert count(world, ledger) == 1
    assert outcomes(world) == ["done"]


@LEDGERS
def test_two_drafts_of_one_file_confirmed_at_once(world, tmp_path, ledger):
    """Whoever comes second is told that nothing was written, and sees that all of it is there."""
    base, row, _name = NEW[ledger]
    admin, path = world.as_("admin"), sheet_file(ledger, tmp_path / "a.xlsx", row)
    drafts = [started(admin, base, path) for _who in range(2)]
    press_at_once(world, [(draft, seen(admin, draft)) for draft in drafts])
    assert count(world, ledger) == 1
    assert outcomes(world) == ["done", "open"]
    [left] = [draft for draft in drafts if "确认导入" in admin.get(draft).text]
    assert "新增 0、变更 0" in admin.get(left).text


def press_at_once(world, pressed: list[tuple[str, dict]]) -> None:
    """Each in a thread and a window of its own, held back until all are ready."""
    ready, answers = threading.Barrier(len(pressed)), []

    def press(visitor, draft: str, form: dict):
        ready.wait(30)
        answers.append(visitor.post(f"{draft}/confirm", data=form).status_code)

    threads = []
    for draft, form in pressed:
        visitor = world.as_("admin")
        threads.append(threading.Thread(target=press, args=(visitor, draft, form | {"csrf_token": visitor.token()})))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(pressed) and set(answers) <= {200, 302}


def outcomes(world) -> list[str]:
    with world.system() as session:
        return sorted(session.scalars(sa.select(ImportDraft.outcome)))


@LEDGERS
def test_what_somebody_edits_meanwhile_is_not_written_over(world, tmp_path, ledger):
    """The import says so, writes nothing, and shows the new value before it may be confirmed again."""
    query, ours, theirs, key = RECORDED[ledger]
    original = exported(world, "admin", ledger, tmp_path / "o.xlsx", query)
    mine, other = (sheet(original, tmp_path / name) for name in ("mine.xlsx", "other.xlsx"))
    admin = world.as_("admin")
    draft = started(admin, NEW[ledger][0], edit(ledger, mine, **ours))
    form = seen(admin, draft)
    take_in(world, "admin", ledger, edit(ledger, other, **theirs))
    answer = admin.send(f"{draft}/confirm", form, follow_redirects=True)
    assert CHANGED in answer.text
    assert f"<del>{theirs[key]}</del>" in answer.text and "在这份文件导出后被改过" in answer.text
    confirm(admin, draft)
    assert value(world, ledger, query, tmp_path) == theirs[key], "asked about, and not answered"


def sheet(source, target):
    target.write_bytes(source.read_bytes())
    return target


def value(world, ledger, query: dict, folder) -> str:
    [row] = cells(exported(world, "admin", ledger, folder / "after.xlsx", query))[:1]
    return row[ledger.sheet.by_key[RECORDED[ledger][3]].head]
