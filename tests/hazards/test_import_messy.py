"""One ledger as a township really sends it, in both formats, through the screens: every row as it was meant."""

import datetime as dt

import openpyxl
import pytest
import sqlalchemy as sa
import xlwt

from app.hazards.models import Hazard
from tests.hazards.ledgers import confirm, planned, upload

# The columns are not in the form's order, some heads are worded otherwise, 是否挂牌督办 is missing, 备注 is extra.
TOP = ["序号", "检查情况", None, None, None, "整改情况", None, None, None, None, "复查情况", None, "备注"]
HEAD = [None, "检查部门", "检查日期", "检查方式", "隐患描述", "重大隐患", "整改责任单位及责任人", "整改期限",
    "整改措施", "完成情况",
        "验收意见", "复查单位及复查人", None]
ROWS = [
    ["凤城镇2026年3月份问题隐患整改台账", *[None] * 12],
    ["填报单位：凤城镇人民政府", *[None] * 6, "填报时间：2026年3月18日", *[None] * 5],
    TOP,
    HEAD,
    [1, "镇安监站\n张三、李四", "2026.3.2", "日常检查", "原料库灭火器压力不足", "否", "试验铸造厂 王五", "3月底前",
        "立即更换",
     "已完成", "3月12日复查合格", "凤城镇 张三", None],
    [None] * 13,
    ["一、商贸企业", *[None] * 12],
    [3, "凤城镇：张　三", "２０２６年３月５日", "四不两直", "疏散通道堆放杂物", "×", "试验商店(赵六)", "立行立改",
        "清理", "", "", "",
     "老板不在场"],
    [4, None, dt.date(2026, 3, 6), None, "楼梯间无应急照明", "√", "试验商店、试验铸造厂 王五", 46112, "加装",
        "正在采购", None, None, None],
    [6, "县应急局 孙某；凤城镇 张三", "3月9日", "联合检查", "煤气报警器失效", "否", "试验铸造厂", "长期坚持",
        "每日巡检", "/", "/",
     "应急管理局：孙某", None],
    ["合计", "4处", *[None] * 11],
    [7, "凤城镇 张三", "3-35", "日常", "护栏锈蚀", "否", "实验铸造厂 王五", "省厅批复后", None, None, None, None, None],
    ["审核人：某某", *[None] * 5, "填报人：张三", None, None, "联系电话：0356-0000000", *[None] * 3],
    ["注：重大隐患须附照片", *[None] * 12],
]
MERGES = [(0, 0, 0, 12), (2, 3, 0, 0), (2, 2, 1, 4), (2, 2, 5, 9), (2, 2, 10, 11), (2, 3, 12, 12), (6, 6, 0, 12),
    (7, 8, 1, 1)]


def as_xlsx(path):
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "封面"
    cover["B3"] = "凤城镇安监站"
    page = book.create_sheet("3月")
    for values in ROWS:
        page.append(values)
    for top, bottom, left, right in MERGES:
        page.merge_cells(start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1)
    hidden = book.create_sheet("上年")
    for values in ROWS:
        hidden.append(values)
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def as_xls(path):
    book = xlwt.Workbook()
    book.add_sheet("封面").write(2, 1, "凤城镇安监站")
    page = book.add_sheet("3月")
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    covered = {(r, c) for top, bottom, left, right in MERGES for r in range(top, bottom + 1)
        for c in range(left, right + 1)}
    for at, values in enumerate(ROWS):
        for column, value in enumerate(values):
            if value is not None and (at, column) not in covered:
                page.write(at, column, value, *([day] if isinstance(value, dt.date) else []))
    for top, bottom, left, right in MERGES:
        page.write_merge(top, bottom, left, right, ROWS[top][left] or "")
    book.save(str(path))
    return path


@pytest.fixture(params=["xlsx", "xls"])
def messy(request, tmp_path):
    path = tmp_path / f"凤城镇3月台账（最终版2）.{request.param}"
    return as_xlsx(path) if request.param == "xlsx" else as_xls(path)


def test_every_row_is_understood(world, messy):
    plan = planned(world, "fengcheng", messy)
    assert [row.number for row in plan.rows] == [5, 8, 9, 10, 12], "neither titles nor totals nor notes are rows"
    assert [row.outcome for row in plan.rows] == ["new", "new", "new", "new", "error"]
    one, two, three, four, bad = plan.rows
    day = dt.date(2026, 3, 1)
    assert [row.new["happened_on"].day for row in plan.rows[:4]] == [2, 5, 6, 9]
    assert {row.new["happened_on"].replace(day=1) for row in plan.rows[:4]} == {day}
    assert {row.new["inspecting_unit_id"] for row in (one, two, three)} == {world["fengcheng"]}
    assert (one.new["inspectors"], two.new["inspectors"]) == ("张三、李四", "张三")
    assert three.new["inspectors"] == "张三", "a merged cell speaks for the rows below it"
    assert (one.new["state"], one.new["recheck"].day) == ("closed", dt.date(2026, 3, 12))
    assert (one.new["due"], two.new["due_kind"], three.new["due"], four.new["due_kind"]) == (
        dt.date(2026, 3, 31), "immediate", dt.date(2026, 3, 31), "standing")
    assert (two.new["level"], three.new["level"]) == ("general", "major")
    assert two.new["rectifiers"] == [(world["firm3"], "赵六")]
    assert [unit for unit, _ in three.new["rectifiers"]] == [world["firm3"], world["firm"]]
    assert (four.new["inspecting_unit_id"], four.new["inspectors"]) == (world["yingji"], "孙某、张三")
    assert (four.new["recheck_unit_id"], four.new["recheckers"]) == (world["yingji"], "孙某")
    assert two.kept == {"备注": "老板不在场"}
    assert {key for key, cell in bad.cells.items() if cell.problem or cell.asks} == {"inspected_on", "rectifier", "due"}
    assert bad.cells["rectifier"].offers[0] == "试验铸造厂 王五"
    assert {sheet.name for sheet in plan.reading.skipped} >= {"封面"}


@pytest.mark.clause("1.1.1", "1.2.2", "1.2.4")
def test_through_the_screens(world, enter, messy):
    clerk = enter("fengcheng")
    draft = upload(clerk, messy).headers["Location"]
    page = clerk.get(draft).text
    assert "备注" in page
    assert "封面" in page
    clerk.send(f"{draft}/fix", {"fix:3月!12!inspected_on": "3月15日", "fix:3月!12!rectifier": "试验铸造厂 王五"})
    clerk.send(f"{draft}/fix", {"fix:3月!12!due!ok": "省厅批复后"})
    confirm(clerk, draft)
    with world.system() as session:
        found = session.scalars(sa.select(Hazard).order_by(Hazard.id)).all()
        assert [h.state for h in found] == ["closed", "rectifying", "rectifying", "rectifying", "rectifying"]
        assert [h.due_kind for h in found] == ["date", "immediate", "date", "standing", "words"]
    again = upload(clerk, messy).headers["Location"]
    clerk.send(f"{again}/fix", {"fix:3月!12!inspected_on": "3月15日", "fix:3月!12!rectifier": "试验铸造厂 王五"})
    confirm(clerk, again)
    assert "新增 0，变更 0，未变 5" in clerk.get(again).text
