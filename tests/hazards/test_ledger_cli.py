"""`flask ledger import|export hazards`: the JSON, the exit codes, one error and nothing is written."""

import datetime as dt
import json

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.hazards.models import Hazard
from tests.hazards.ledgers import CLAIMED, FIRM, PASSED, edit, exported, ledger, row

COUNTY = ("--county", "甲县")


@pytest.fixture
def run(world):
    """`run("import", "hazards", …)` → (exit code, what was printed)."""

    def command(*arguments: object) -> tuple[int, str]:
        result = world.app.test_cli_runner().invoke(args=["ledger", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return command


def take_in(run, path, *more, unit="应急管理局"):
    code, output = run("import", "hazards", path, "--unit", unit, *COUNTY, "--json", *more)
    return code, json.loads(output)


def count(world) -> int:
    with world.system() as session:
        return session.execute(sa.select(sa.func.count()).select_from(Hazard.__table__)).scalar()


def test_a_clean_file_goes_in(world, run, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(), row(description="通道堵塞", **CLAIMED, **PASSED))
    assert take_in(run, path, "--dry-run") == (0, {"new": 2, "changed": 0, "unchanged": 0, "errors": []})
    assert count(world) == 0
    assert take_in(run, path) == (0, {"new": 2, "changed": 0, "unchanged": 0, "errors": []})
    assert take_in(run, path) == (0, {"new": 0, "changed": 0, "unchanged": 2, "errors": []})
    assert count(world) == 2


def test_a_change_is_counted(world, run, tmp_path):
    world.hazard("yingji")
    path = edit(exported(world, "yingji", tmp_path / "o.xlsx"), measures="换新")
    assert take_in(run, path, "--user", "yingji") == (0, {"new": 0, "changed": 1, "unchanged": 0, "errors": []})
    with world.system() as session:
        last = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "correct")).one()
        assert last.user_id == world.users["yingji"]


def test_one_error_and_nothing_is_written(world, run, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(), row(description="甲", inspected_on="3月35日",
        rectifier="试验铸造场 王五"),
                  row(description="乙", due="看情况"))
    code, result = take_in(run, path)
    assert code == 1
    assert count(world) == 0
    assert (result["new"], result["changed"], result["unchanged"]) == (1, 0, 0)
    assert all(set(e) == {"sheet", "row", "column", "value", "message", "suggestion"} for e in result["errors"])
    told = {(e["sheet"], e["row"], e["column"], e["value"], e["suggestion"]) for e in result["errors"]}
    assert told == {
        ("台账", 4, "检查时间", "3月35日", None), ("台账", 4, "整改单位及责任人", "试验铸造场 王五", f"{FIRM} 王五"),
        ("台账", 5, "整改时限", "看情况", None),
    }
    assert all("\u4e00" <= e["message"][0] <= "\u9fff" for e in result["errors"])


def test_told_in_words(world, run, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(rectifier="试验铸造场"))
    code, output = run("import", "hazards", path, "--unit", "应急管理局", *COUNTY)
    assert code == 1
    assert "工作表" in output
    assert FIRM in output
    code, output = run("import", "hazards", ledger(path, row()), "--unit", "应急管理局", *COUNTY)
    assert code == 0
    assert "1" in output


def test_no_form_at_all(world, run, tmp_path):
    (tmp_path / "a.xlsx").write_text("nothing")
    code, result = take_in(run, tmp_path / "a.xlsx")
    assert code == 1
    assert (result["new"], result["errors"][0]["row"]) == (0, None)
    assert "Excel" in result["errors"][0]["message"]


@pytest.mark.parametrize("arguments", [
    ("--unit", "没有这个局", *COUNTY), ("--unit", "应急管理局"), ("--unit", "应急管理局", *COUNTY, "--user", "nobody"),
    ("--unit", "应急管理局", *COUNTY, "--user", "zhujian"), ("--unit", "应急管理局", *COUNTY, "--user", "yingji_head"),
    ("--unit", FIRM, *COUNTY), ("--unit", "县安委办", *COUNTY, "--user", "leader"), (),
])
@pytest.mark.one_database
def test_who_cannot_import(world, run, tmp_path, arguments):
    code, output = run("import", "hazards", ledger(tmp_path / "a.xlsx", row()), "--json", *arguments)
    assert code in (1, 2)
    assert "Traceback" not in output
    assert count(world) == 0


def written(path) -> list[tuple]:
    """The rows between the heads and the lines below, without their running number."""
    page = openpyxl.load_workbook(path).active
    return [values[1:15] for values in page.iter_rows(values_only=True)
        if str(values[0] or "").isdecimal() and values[4]]


def test_the_months_of_a_hazard(world, run, tmp_path):
    """Open at any time of the month or closed in it: found on 10 March, closed on 20 April."""
    hazard_id = world.hazard("yingji")
    world.move_to(dt.date(2026, 4, 20))
    world.do("firm", "claim", hazard_id)
    world.do("yingji", "pass_recheck", hazard_id)
    world.hazard("yingji", issue=False)
    world.bring_to("cancelled")
    months = {}
    for month in ("2026-02", "2026-03", "2026-04", "2026-05"):
        path = tmp_path / f"{month}.xlsx"
        code, output = run("export", "hazards", "--unit", "凤城镇", *COUNTY, "--month", month, "-o", path)
        assert code == 0, output
        months[month] = len(written(path))
    assert months == {"2026-02": 0, "2026-03": 1, "2026-04": 1, "2026-05": 0}
    page = openpyxl.load_workbook(tmp_path / "2026-03.xlsx").active
    words = " ".join(str(cell) for cells in page.iter_rows(values_only=True) for cell in cells if cell)
    assert "问题隐患整改清单" in words
    assert "2026年3月" in words
    assert "填报单位：凤城镇" in words.replace("： ", "：")


def test_an_export_is_the_units_and_recorded(world, run, tmp_path):
    world.hazard("yingji")
    for unit, rows in (("凤城镇", 1), ("北留镇", 0), ("县安委办", 1), ("住建局", 1)):
        code, output = run("export", "hazards", "--unit", unit, *COUNTY, "-o", tmp_path / "o.xlsx")
        assert (code, len(written(tmp_path / "o.xlsx"))) == (0, rows), output
    with world.system() as session:
        assert len(session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "export")).all()) == 4


@pytest.mark.one_database
def test_words_instead_of_a_trace_when_it_cannot_be_written(world, run, tmp_path):
    for arguments in (("--month", "三月", "-o", tmp_path / "o.xlsx"), ("-o", tmp_path / "no" / "o.xlsx")):
        code, output = run("export", "hazards", "--unit", "凤城镇", *COUNTY, *arguments)
        assert (code, "Traceback" in output) == (1, False)


@pytest.mark.parametrize("month", ["2026-13", "9999-12", "三月"])
def test_a_month_that_is_none(world, run, tmp_path, month):
    code, output = run("export", "hazards", "--unit", "应急管理局", *COUNTY, "--month", month,
                       "-o", tmp_path / "o.xlsx")
    assert code == 1 and "2026-03" in output


def test_out_by_one_command_and_in_by_the_other(world, run, tmp_path):
    for state in ("rectifying", "awaiting_recheck", "closed"):
        world.bring_to(state, description=f"=隐患{state}")
    run("export", "hazards", "--unit", "应急管理局", *COUNTY, "-o", tmp_path / "o.xlsx")
    assert take_in(run, tmp_path / "o.xlsx") == (0, {"new": 0, "changed": 0, "unchanged": 3, "errors": []})
