"""`flask ledger import|export tasks`: the JSON, the exit codes, one error and nothing is written."""

import json

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.tasks.models import Task
from tests.tasks.lists import a_list, add, row, texts

COUNTY = ("--county", "甲县")


@pytest.fixture
def run(world):
    """`run("import", "tasks", …)` → (exit code, what was printed)."""

    def command(*arguments: object) -> tuple[int, str]:
        result = world.app.test_cli_runner().invoke(args=["ledger", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return command


def take_in(run, path, *more, unit="县安委办"):
    code, output = run("import", "tasks", path, "--unit", unit, *COUNTY, "--json", *more)
    return code, json.loads(output)


def out(run, path, unit="县安委办", *more):
    code, output = run("export", "tasks", "--unit", unit, *COUNTY, "-o", path, *more)
    assert code == 0, output
    return path


def count(world) -> int:
    with world.system() as session:
        return session.execute(sa.select(sa.func.count()).select_from(Task.__table__)).scalar()


def test_a_clean_file_goes_in(world, run, tmp_path):
    path = a_list(tmp_path / "a.xlsx", row(), row(content="森林防火", measures="巡山", done_on="3月1日"))
    assert take_in(run, path, "--dry-run") == (0, {"new": 2, "changed": 0, "unchanged": 0, "errors": []})
    assert count(world) == 0
    assert take_in(run, path) == (0, {"new": 2, "changed": 0, "unchanged": 0, "errors": []})
    assert take_in(run, path) == (0, {"new": 0, "changed": 0, "unchanged": 2, "errors": []})
    assert count(world) == 2


def test_a_units_entry_is_counted_as_a_change(world, run, tmp_path):
    take_in(run, a_list(tmp_path / "a.xlsx", row(progress="3月2日：已动员")))
    path = add(out(run, tmp_path / "o.xlsx", "凤城镇"), progress="3月18日 80%：已建账")
    code, result = take_in(run, path, "--user", "fengcheng", unit="凤城镇")
    assert (code, result["changed"], result["errors"]) == (0, 1, [])
    with world.system() as session:
        last = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "report")
                               .order_by(TimelineEntry.id.desc())).first()
    assert (last.user_id, last.comment) == (world.users["fengcheng"], "已建账")


def test_one_error_and_nothing_is_written(world, run, tmp_path):
    path = a_list(tmp_path / "a.xlsx", row(), row(content="甲", units="凤成镇 张三"), row(content="乙", due="看情况"))
    code, result = take_in(run, path)
    assert (code, count(world), result["new"]) == (1, 0, 1)
    assert all(set(e) == {"sheet", "row", "column", "value", "message", "suggestion"} for e in result["errors"])
    told = {(e["sheet"], e["row"], e["column"], e["value"], e["suggestion"]) for e in result["errors"]}
    assert told == {("清单", 4, "责任单位及责任人", "凤成镇 张三", "凤城镇 张三"),
                    ("清单", 5, "完成时限", "看情况", None)}
    assert all("\u4e00" <= e["message"][0] <= "\u9fff" for e in result["errors"])


@pytest.mark.parametrize("arguments", [
    ("--unit", "没有这个局", *COUNTY), ("--unit", "应急管理局"), ("--unit", "应急管理局", *COUNTY, "--user", "nobody"),
    ("--unit", "应急管理局", *COUNTY, "--user", "yingji_head"), ("--unit", "试验铸造厂", *COUNTY),
    ("--unit", "县安委办", *COUNTY, "--user", "leader"), (),
])
@pytest.mark.one_database
def test_who_cannot_import(world, run, tmp_path, arguments):
    code, output = run("import", "tasks", a_list(tmp_path / "a.xlsx", row()), "--json", *arguments)
    assert code in (1, 2)
    assert "Traceback" not in output
    assert count(world) == 0


def test_an_export_is_the_units_and_recorded(world, run, tmp_path):
    take_in(run, a_list(tmp_path / "a.xlsx", row(), row(content="森林防火", units="应急管理局")))
    for unit, rows in (("凤城镇", 1), ("住建局", 0), ("县安委办", 2), ("应急管理局", 1)):
        assert len(texts(out(run, tmp_path / "o.xlsx", unit))) == rows
    with world.system() as session:
        found = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "export")).all()
    assert [entry.extra["rows"] for entry in found] == [1, 0, 2, 1]


def test_the_months_of_a_task(world, run, tmp_path):
    """Open at any time of the month or done in it."""
    take_in(run, a_list(tmp_path / "a.xlsx", row(progress="2月3日：已动员"),
                        row(content="森林防火", units="凤城镇", done_on="2026-02-10", follow_ups="2月2日：已布置")))
    months = {month: len(texts(out(run, tmp_path / f"{month}.xlsx", "凤城镇", "--month", month)))
              for month in ("2025-12", "2026-01", "2026-02", "2026-03")}
    assert months == {"2025-12": 0, "2026-01": 2, "2026-02": 2, "2026-03": 1}
    page = openpyxl.load_workbook(tmp_path / "2026-02.xlsx").active
    words = " ".join(str(cell) for cells in page.iter_rows(values_only=True) for cell in cells if cell)
    assert "填报单位：凤城镇" in words and "时间：2026年2月" in words


def test_out_by_one_command_and_in_by_the_other(world, run, tmp_path):
    take_in(run, a_list(
        tmp_path / "a.xlsx", row(content="+燃气", progress="已动员"), row(content="汛期", due="每月"),
        row(content="森林防火", done_on="3月1日"), row(content="自建房", units="应急管理局牵头，各乡镇配合",
                                                due="长期坚持"),
    ))
    assert take_in(run, out(run, tmp_path / "o.xlsx")) == (0, {"new": 0, "changed": 0, "unchanged": 5, "errors": []})
