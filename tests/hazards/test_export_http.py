"""Attachment 2 as a user downloads it: cell for cell, what the filter shows, under the user's scope."""

import io

import openpyxl
import pytest

from app.hazards.sheet import HAZARD_SHEET

HEADS = ("检查单位及检查人", "检查时间", "检查方式", "问题隐患描述", "是否为重大事故隐患", "是否挂牌督办", "整改措施",
         "整改单位及责任人", "整改时限", "整改完成情况", "整改完成时间", "防范重复发生的措施", "复查验收情况",
         "复查单位及责任人")


def sheet_of(visitor, address: str = "/hazards/export"):
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def rows_of(page) -> list[list[str]]:
    return [[c.value or "" for c in cells[1:15]] for cells in page.iter_rows(min_row=5)
        if str(cells[0].value).isdecimal() and cells[4].value]


@pytest.mark.clause("1.2.4", "1.2.2")
def test_the_form_is_the_official_one(world, enter):
    world.bring_to("closed", method="暗访", rectifiers=[world["firm"], world["firm3"]])
    page = sheet_of(enter("yingji"))
    assert page["A1"].value == "问题隐患整改清单"
    line = " ".join(str(c.value) for c in page[2] if c.value)
    assert "填报单位：应急管理局" in line
    assert "时间：2026年3月20日" in line
    merged = {str(one) for one in page.merged_cells.ranges}
    assert {"A3:A4", "B3:G3", "H3:M3", "N3:O3"} <= merged
    assert [page[cell].value for cell in ("A3", "B3", "H3", "N3")] == ["序号", "问题隐患情况", "整改情况",
        "检查验收情况"]
    assert tuple(c.value for c in page[4][1:15]) == HEADS == HAZARD_SHEET.heads
    assert rows_of(page) == [[
        "应急管理局 检查人", "2026-03-10", "暗访", "配电箱无漏电保护", "否", "否", "加装漏电保护",
        "试验铸造厂、试验商店",
        "2026-03-30", "已加装", "2026-03-20", "每月检查", "2026-03-20 复查合格：合格", "应急管理局 复查人",
    ]]
    foot = " ".join(str(c.value) for cells in page.iter_rows(min_row=6) for c in cells if c.value)
    assert all(words in foot for words in ("审核人：", "填报人：yingji的人", "联系方式：0356-0000000"))
    assert page["A1"].font.name == "方正小标宋简体"
    assert page["B5"].font.name == "仿宋_GB2312"
    assert page["E5"].alignment.wrap_text
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$3:$4"


def test_number_and_version_stand_hidden_beside_the_print_area(world, enter):
    hazard = world.read(world.hazard("yingji"))
    page = sheet_of(enter("yingji"))
    assert page["P5"].value == f"{hazard.number}@{hazard.version}"
    assert page.column_dimensions["P"].hidden
    assert "P" not in page.print_area


def test_what_looks_like_a_formula_stays_text(world, enter):
    for sign in "=+-@":
        world.hazard("yingji", description=f"{sign}SUM(A1:A2)")
    page = sheet_of(enter("yingji"))
    said = [page.cell(row, 5) for row in range(5, 9)]
    assert {cell.value for cell in said} == {f"{sign}SUM(A1:A2)" for sign in "=+-@"}
    assert {cell.data_type for cell in said} == {"s"}


def test_what_the_filter_shows_and_no_more(world, enter):
    world.hazard("yingji", description="甲", level="major", criterion_note="条")
    world.hazard("yingji", description="乙")
    world.hazard("beiliu", description="丙", rectifiers=[world["firm2"]], enterprise_id=world["firm2"])
    world.hazard("yingji", description="草稿", issue=False)
    clerk = enter("yingji")
    assert {row[3] for row in rows_of(sheet_of(clerk, "/hazards/export?level=major"))} == {"甲"}
    assert {row[3] for row in rows_of(sheet_of(clerk, "/hazards/export?q=乙"))} == {"乙"}
    assert "丙" not in {row[3] for row in rows_of(sheet_of(clerk))}
    assert {row[3] for row in rows_of(sheet_of(world.as_("beiliu")))} == {"丙"}
    assert {row[3] for row in rows_of(sheet_of(world.as_("office")))} == {"甲", "乙", "丙"}
    assert {row[3] for row in rows_of(sheet_of(world.as_("firm")))} == {"甲", "乙"}
    assert rows_of(sheet_of(world.as_("other_office"))) == []


@pytest.mark.one_database
def test_the_blank_form_and_the_other_paper(world):
    page = sheet_of(world.as_("yingji"), "/hazards/blank")
    assert tuple(c.value for c in page[4][1:15]) == HEADS
    assert not any(any(row) for row in rows_of(page))
    assert sheet_of(world.as_("yingji"), "/hazards/export?paper=A4").page_setup.paperSize == 9
    for who in ("auditor", "admin"):
        assert world.as_(who).get("/hazards/export").status_code in (302, 403, 404)


def test_the_ledger_of_a_month(world, enter):
    """Open at any time of the month or closed in it; 时间 is the month."""
    world.hazard(description="三月查的")
    clerk = enter("yingji")
    page = sheet_of(clerk, "/hazards/export?month=2026-03")
    assert "时间：2026年3月" in " ".join(str(c.value) for c in page[2] if c.value)
    assert "时间：2026年3月20日" not in " ".join(str(c.value) for c in page[2] if c.value)
    assert [row[3] for row in rows_of(page)] == ["三月查的"]
    assert rows_of(sheet_of(clerk, "/hazards/export?month=2026-02")) == []
    assert rows_of(sheet_of(enter("beiliu"), "/hazards/export?month=2026-03")) == []
    for wrong in ("2026-13", "9999-12", "三月", "2026-03-01"):
        assert clerk.get(f"/hazards/export?month={wrong}").status_code == 400
    assert "month=2026-02" in clerk.get("/hazards/").text
