"""The import of a task list as a clerk does it: upload, look through, correct, confirm."""

import io
import re

import openpyxl
import pytest
import sqlalchemy as sa

from app.tasks.models import Progress, Task
from tests.exchange.made import xls
from tests.support.factories import POSTS
from tests.tasks.lists import HEADS, a_list, add, confirm, row, take_in, upload


def count(world, table=Task) -> int:
    with world.system() as session:
        return session.execute(sa.select(sa.func.count()).select_from(table.__table__)).scalar()


def started(visitor, path) -> str:
    """The address of the draft that an upload makes."""
    answer = upload(visitor, path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def saved(visitor, address: str, path):
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        path.write_bytes(answer.data)
    return path


@pytest.mark.clause("1.1.1", "1.1.2", "1.2.1", "1.3.1")
def test_from_the_offices_file_to_the_townships(world, enter, tmp_path):
    office = enter("office")
    assert "/tasks/import/" in office.get("/tasks/").text
    draft = started(office, a_list(
        tmp_path / "年度清单.xlsx", row(units="各乡镇", due="6月底前"),
        row(content="自建房整治", progress="3月5日：已排查"),
        row(content="森林防火", units="应急管理局牵头，北留镇配合", done_on="3月1日"), row(content="例会", due="每月"),
    ))
    page = office.get(draft).text
    assert "读作 2026-06-30" in page
    assert "周期任务" in page and "2026-03-01 办结" in page
    assert count(world) == 0, "nothing is written before it is confirmed"
    assert confirm(office, draft).headers["Location"] == draft
    assert "新增 4" in office.get(draft).text
    listed = office.get("/tasks/").text
    assert all(f"RW-2026-000{n}" in listed for n in (1, 2, 3, 4, 5))
    theirs = enter("fengcheng").get("/tasks/").text
    assert "RW-2026-0001" in theirs and "RW-2026-0003" not in theirs


def test_a_township_reports_by_the_form_and_sees_what_changes(world, enter, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(progress="3月5日 60%：已排查")))
    clerk = enter("fengcheng")
    path = add(saved(clerk, "/tasks/export", tmp_path / "o.xlsx"), progress="3月18日 80%：已建账")
    draft = started(clerk, path)
    assert "已建账" in clerk.get(draft).text
    confirm(clerk, draft)
    assert "新增 0，变更 1，未变 0" in clerk.get(draft).text
    again = started(clerk, path)
    confirm(clerk, again)
    assert "新增 0，变更 0，未变 1" in clerk.get(again).text
    assert count(world, Progress) == 3


def test_a_wrong_cell_is_put_right_in_place(world, enter, tmp_path):
    office = enter("office")
    draft = started(office, a_list(tmp_path / "a.xlsx", row(units="凤成镇 张三"), row(content="乙", due="待定")))
    page = office.get(draft).text
    assert 'value="凤城镇 张三"' in page, "the repair is offered"
    assert 'name="fix:清单!4!due!ok"' in page, "words that are no deadline are asked about"
    assert "还有" in office.send(f"{draft}/confirm", {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]},
                               follow_redirects=True).text
    office.send(f"{draft}/fix", {"fix:清单!3!units": "凤城镇 张三", "fix:清单!4!due!ok": "待定"})
    confirm(office, draft)
    assert count(world) == 2


def test_the_marked_file_comes_back(world, enter, tmp_path):
    office = enter("office")
    draft = started(office, a_list(tmp_path / "a.xlsx", row(units="没有的单位")))
    book = openpyxl.load_workbook(saved(office, f"{draft}/marked", tmp_path / "m.xlsx"))
    assert "没有" in book.active.cell(3, 4).comment.text


def test_messy_as_offices_send_it(world, enter, tmp_path):
    """Title, unit and time above, two rows of heads, heads merged and reworded, .xls, notes and signatures below."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "附件1"
    lines = [
        ["附件1"], ["县安委办2026年重点工作任务清单（第一季度）"],
        ["填报单位：县安委办", None, None, "填报时间：2026年3月18日"],
        ["序号", "重点\n工作任务", "工作措施", "责任单位/责任人", None, "时间节点", "进展情况", "督办情况", "办结时间"],
        [None, None, None, "责任单位", "责任人", None, None, None, None],
        ["一、专项整治"],
        [1, "燃气安全", "1.排查\n2.整改", "凤城镇\n北留镇", "张三", "2026.6.30", "已排查,完成60%", "3.10电话督办",
         None],
        [None, None, "挂图作战", "县住建局", "李 四", "12月底前", "/", "/", "/"],
        [2, "汛期检查", "值班值守", "各成员单位", None, "长期坚持", None, None, "长期坚持"],
        ["合计", "3项"], ["注：本表每月25日前报送。"],
        ["审核人：某某", None, "填报人：某某", None, "联系方式：0356-1234567"],
    ]
    for line in lines:
        page.append(line)
    for merged in ("A2:I2", "A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "G4:G5", "H4:H5", "I4:I5", "A6:I6", "B7:B8",
                   "A7:A8"):
        page.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    office = enter("office")
    draft = started(office, tmp_path / "a.xlsx")
    page = office.get(draft).text
    confirm(office, draft)
    assert "新增 3" in office.get(draft).text, page
    with world.system() as session:
        tasks = session.scalars(sa.select(Task).order_by(Task.id)).all()
    assert [(t.content, t.measures, t.due_kind, t.state) for t in tasks] == [
        ("燃气安全", "1.排查\n2.整改", "date", "in_progress"), ("燃气安全", "挂图作战", "date", "issued"),
        ("汛期检查", "值班值守", "standing", "issued"),
    ]


@pytest.mark.one_database
def test_an_old_workbook(world, enter, tmp_path):
    path = xls(tmp_path / "a.xls", [["序号", *HEADS.values()], ["1", *row().values(), "", "", ""]])
    office = enter("office")
    confirm(office, started(office, path))
    assert count(world) == 1


@pytest.mark.parametrize("who", sorted(set(POSTS) - {"office", "fengcheng", "beiliu", "yingji", "zhujian"}))
@pytest.mark.one_database
def test_who_does_not_import(world, tmp_path, who):
    visitor = world.as_(who)
    assert visitor.get("/tasks/import/").status_code in (302, 403, 404)
    assert visitor.post("/tasks/import/", data={"ledger": (io.BytesIO(b"x"), "a.xlsx")}).status_code in (302, 400, 403)


def test_a_draft_is_its_uploaders_and_of_its_own_ledger(world, enter, tmp_path):
    office = enter("office")
    draft = started(office, a_list(tmp_path / "a.xlsx", row()))
    for who in ("fengcheng", "other_office"):
        assert world.as_(who).get(draft).status_code == 404
    assert office.get(draft.replace("/tasks/", "/hazards/")).status_code == 404
    assert office.get("/tasks/import/999999").status_code == 404
    assert office.get("/tasks/import/99999999999999999999999").status_code == 404


@pytest.mark.one_database
def test_a_file_that_is_no_list(world, enter, tmp_path):
    office = enter("office")
    for name, content in (("a.xlsx", b"nothing"), ("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04junk")):
        (tmp_path / name).write_bytes(content)
        answer = upload(office, tmp_path / name)
        assert answer.status_code == 422
        assert "Traceback" not in answer.text
