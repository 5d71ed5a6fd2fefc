"""The import as a clerk does it: upload, look through, correct, confirm."""

import io
import re
import zipfile
from urllib.parse import quote

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from app.organization.models import Enterprise
from app.organization.settings import Setting
from tests.exchange.made import xls
from tests.hazards.ledgers import CLAIMED, HEADS, PASSED, confirm, edit, exported, ledger, row, upload
from tests.support.factories import POSTS, picture


def numbers(world) -> list[str]:
    with world.system() as session:
        return session.scalars(sa.select(Hazard.number).order_by(Hazard.id)).all()


def count(world, table=Hazard.__table__) -> int:
    with world.system() as session:
        return session.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def download(visitor, address: str):
    """An answer read to its end, its file closed."""
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        assert answer.data
    return answer


def started(visitor, path) -> str:
    """The address of the draft that an upload makes."""
    answer = upload(visitor, path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@pytest.mark.clause("1.1.1", "1.2.4", "1.2.2", "1.1.3", "1.3.1")
def test_from_the_colleagues_file_to_the_list(world, enter, tmp_path):
    clerk = enter("yingji")
    assert "导入" in clerk.get("/hazards/").text
    draft = started(clerk, ledger(
        tmp_path / "三月台账.xlsx", row(method="执法检查"), row(description="配电箱无盖", **CLAIMED),
        row(description="通道堵塞", **CLAIMED, **PASSED), row(description="护栏缺失", method="帮扶指导", due="3月底"),
    ))
    page = clerk.get(draft).text
    assert "读作 2026-03-31" in page
    assert "2026-03-12 销号" in page
    assert count(world) == 0, "nothing is written before it is confirmed"
    done = confirm(clerk, draft)
    assert done.headers["Location"] == draft
    assert "新增 4" in clerk.get(draft).text
    assert numbers(world) == [f"YH-2026-000{n}" for n in (1, 2, 3, 4)]
    mine = clerk.get("/hazards/").text
    assert all(number in mine for number in numbers(world))
    assert all(words in mine for words in ("待整改", "待复查", "销号", "灭火器压力不足"))
    theirs = enter("firm").get("/hazards/").text
    assert "YH-2026-0001" in theirs
    assert "YH-2026-0001" not in enter("beiliu").get("/hazards/").text


@pytest.mark.clause("1.2.4")
def test_the_form_goes_out_and_comes_in_unchanged(world, enter, tmp_path):
    for state in ("rectifying", "awaiting_recheck", "closed"):
        world.bring_to(state, description=f"隐患{state}")
    clerk = enter("yingji")
    (tmp_path / "o.xlsx").write_bytes(download(clerk, "/hazards/export").data)
    before = count(world, TimelineEntry.__table__)
    draft = started(clerk, tmp_path / "o.xlsx")
    confirm(clerk, draft)
    assert "新增 0，变更 0，未变 3" in clerk.get(draft).text
    assert count(world, TimelineEntry.__table__) == before + 1, "the import itself"


def test_a_fault_is_corrected_in_place(world, enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", row(inspected_on="3月35日", rectifier="试验铸造场 王五")))
    page = clerk.get(draft).text
    assert "没有这一天：3月35日" in page
    assert 'value="试验铸造厂 王五"' in page, "the nearest unit, with its people, is one click"
    assert "还有 1 行有误" in confirm(clerk, draft, follow_redirects=True).text
    assert count(world) == 0
    clerk.send(f"{draft}/fix", {"fix:台账!3!rectifier": "试验铸造厂 王五", "fix:台账!3!inspected_on": "2026-03-05"})
    assert "已改正" in clerk.get(draft).text
    clerk.send(f"{draft}/fix", {"undo": "台账!3!inspected_on"})
    assert "没有这一天：3月35日" in clerk.get(draft).text, "a correction can be taken back"
    clerk.send(f"{draft}/fix", {"fix:台账!3!inspected_on": "2026-03-05"})
    confirm(clerk, draft)
    assert numbers(world) == ["YH-2026-0001"]


def test_faulty_rows_may_be_left_out(world, enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", row(), row(description="坏", due="不知道哪天"),
        row(description=None)))
    confirm(clerk, draft)
    assert count(world) == 0, "not without being told to"
    confirm(clerk, draft, leave_out="1")
    assert "未导入 2" in clerk.get(draft).text
    assert count(world) == 1


def test_an_unknown_enterprise_is_created_from_its_cell(world, enter, tmp_path):
    clerk = enter("fengcheng")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", row(inspector="凤城镇", rectifier="宏泰钢构 王五")))
    place = "台账!3!rectifier"
    assert f'name="name:{place}" value="宏泰钢构"' in clerk.get(draft).text
    answer = clerk.send(f"{draft}/enterprise", {
        "create": place, f"name:{place}": "宏泰钢构", f"territory:{place}": world["fengcheng"],
        "fix:台账!3!due": "2026-04-10",
    }, follow_redirects=True)
    assert "宏泰钢构" in answer.text
    assert "cell-bad" not in answer.text
    confirm(clerk, draft)
    with world.system() as session:
        firm = session.scalars(sa.select(Enterprise).where(Enterprise.name == "宏泰钢构")).one()
        assert (firm.territory_id, firm.county_id) == (world["fengcheng"], world.county.id)
        hazard = session.scalars(sa.select(Hazard)).one()
        assert (hazard.enterprise_id, hazard.lead.heads, str(hazard.due)) == (firm.id, "王五", "2026-04-10")


def test_doubles_are_offered_before_another_is_created(world, enter, tmp_path):
    clerk = enter("fengcheng")
    one = {**row(inspector="凤城镇", rectifier="阳光试验铸造厂 王五"), "统一社会信用代码": "91140522MA0K1UWT6B"}
    with world.system() as session:
        session.execute(sa.update(Enterprise.__table__).where(Enterprise.__table__.c.id == world["firm3"])
                        .values(uscc="91140522MA0K1UWT6B"))
        session.commit()
    draft = started(clerk, ledger(tmp_path / "a.xlsx", one))
    place = "台账!3!rectifier"
    asked = {f"name:{place}": "阳光试验铸造厂", f"territory:{place}": world["fengcheng"],
        f"uscc:{place}": "91140522MA0K1UWT6B"}
    assert 'name="uscc:' in clerk.get(draft).text, "the code that stands beside it"
    before = count(world, Enterprise.__table__)
    answer = clerk.send(f"{draft}/enterprise", {"create": place, **asked}, follow_redirects=True)
    assert 'value="试验商店 王五"' in answer.text, "the enterprise with the same code takes the name's place"
    assert count(world, Enterprise.__table__) == before
    clerk.send(f"{draft}/enterprise", {"another": place, **asked})
    assert count(world, Enterprise.__table__) == before + 1


def test_the_file_comes_back_marked(world, enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "三月.xlsx", row(), row(description="甲", inspected_on="3月35日"),
                                  row(description="乙", due="看情况")))
    answer = download(clerk, f"{draft}/marked")
    assert "%E6%A0%87%E7%BA%A2" in answer.headers["Content-Disposition"]
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    red = {(c.row, c.column): c.comment.text for cells in page.iter_rows() for c in cells
           if c.fill.start_color.rgb == "FFFF7C80"}
    at = list(HEADS)
    assert set(red) == {(4, at.index("inspected_on") + 2), (5, at.index("due") + 2)}
    assert "没有这一天" in red[4, at.index("inspected_on") + 2]


def test_a_name_with_what_nobody_sees(world, enter, tmp_path):
    clerk = enter("yingji")
    answer = upload(clerk, ledger(tmp_path / "a.xlsx", row()), "台\x01账\u202e.xlsx")
    how = download(clerk, f"{answer.headers['Location']}/marked").headers["Content-Disposition"]
    assert quote("台账_标红.xlsx") in how and "\x01" not in how


def test_pressed_twice_it_goes_in_once(world, enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", row()))
    seen = re.search(r'name="seen" value="(\w+)"', clerk.get(draft).text)[1]
    for _ in range(2):
        assert clerk.send(f"{draft}/confirm", {"seen": seen}).status_code == 302
    assert numbers(world) == ["YH-2026-0001"]


def test_what_moved_since_the_preview_is_looked_at_again(world, enter, tmp_path):
    hazard_id = world.hazard("yingji")
    clerk = enter("yingji")
    path = exported(world, "yingji", tmp_path / "o.xlsx")
    book = openpyxl.load_workbook(path)
    for cells in book.active.iter_rows():
        for cell in cells:
            if cell.value == "加装漏电保护":
                cell.value = "更换配电箱"
    book.save(path)
    draft = started(clerk, path)
    seen = re.search(r'name="seen" value="(\w+)"', clerk.get(draft).text)[1]
    world.do("yingji", "correct", hazard_id, values={"measures": "别人改过"})
    before = world.read(hazard_id)
    answer = clerk.send(f"{draft}/confirm", {"seen": seen}, follow_redirects=True)
    assert "没有写入任何内容" in answer.text
    assert "别人改过" in answer.text, "both values are shown"
    assert world.read(hazard_id) == before


def test_two_clerks_with_the_same_file(world, enter, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row())
    clerk, office = enter("yingji"), enter("office")
    mine, theirs = started(clerk, path), started(office, path)
    seen = re.search(r'name="seen" value="(\w+)"', office.get(theirs).text)[1]
    confirm(clerk, mine)
    office.send(f"{theirs}/confirm", {"seen": seen})
    assert numbers(world) == ["YH-2026-0001"]
    assert "未变" in office.get(theirs).text


def test_a_draft_is_its_owners(world, enter, tmp_path):
    draft = started(enter("yingji"), ledger(tmp_path / "a.xlsx", row()))
    for who in ("yingji_head", "zhujian", "office", "other_yingji", "firm", "leader", "auditor", "admin"):
        visitor = world.as_(who)
        assert visitor.get(draft).status_code in (302, 403, 404), who
        for act in ("confirm", "fix", "drop", "enterprise"):
            assert visitor.send(f"{draft}/{act}").status_code in (302, 403, 404), (who, act)
        assert visitor.get(f"{draft}/marked").status_code in (302, 403, 404), who
    assert count(world) == 0
    assert "a.xlsx" in world.as_("yingji").get("/hazards/import/").text


@pytest.mark.one_database
def test_who_may_import(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row())
    for who, (_unit, role) in POSTS.items():
        status = upload(world.as_(who), path).status_code
        assert (status == 302) == (role in ("unit_clerk", "county_clerk")), who


def test_dropped_is_gone(world, enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", row()))
    clerk.send(f"{draft}/drop")
    assert "已放弃" in clerk.get(draft).text
    assert clerk.send(f"{draft}/fix", {"fix:x": "y"}).status_code == 409
    assert "a.xlsx" not in clerk.get("/hazards/import/").text


# ── files that are none ────────────────────────────────────────────────────────────────────────────────────────────
def protected_xls(path):
    """The first record after the start of the stream becomes FILEPASS, which is how a password shows."""
    path = xls(path, [["序号", *HEADS.values()]])
    path.write_bytes(path.read_bytes().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1))
    return path


@pytest.mark.one_database
def test_hostile_files_end_in_a_sentence(world, tmp_path):
    made = {
        "html.xls": ("<html><table><tr><td>序号</td></tr></table></html>".encode(), "不是 Excel"),
        "leer.xlsx": (b"", "空"), "bild.xlsx": (picture(), "不是 Excel"), "halb.xlsx": (b"PK\x03\x04 xx", "损坏"),
        "password.xls": (protected_xls(tmp_path / "p.xls").read_bytes(), "密码"),
    }
    for name, (content, words) in made.items():
        (tmp_path / name).write_bytes(content)
        answer = upload(world.as_("yingji"), tmp_path / name)
        assert answer.status_code == 422, name
        assert words in answer.text, (name, re.findall(r'role="alert"><b>(.*?)</b>', answer.text))
    assert world.as_("yingji").send("/hazards/import/").status_code == 422


@pytest.mark.one_database
def test_a_file_beyond_the_limits_of_the_county(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(), row(description="甲"), row(description="乙"))
    for key, value, words in (("import_rows", 3, "最多 3 行"), ("import_megabytes", 0, "太大")):
        with world.system() as session, unit_of_work(session):
            session.add(Setting(county_id=world.county.id, key=key, value=value, valid_from=world.day))
        answer = upload(world.as_("yingji"), path)
        assert answer.status_code == 422
        assert words in answer.text, re.findall(r'role="alert"><b>(.*?)</b>', answer.text)


@pytest.mark.one_database
def test_formulas_and_markup_stay_text(world, enter, tmp_path):
    clerk = enter("yingji")
    said = '<script>alert(1)</script>"\'&'
    draft = started(clerk, ledger(tmp_path / "<b>a.xlsx", row(description=said, measures="'=cmd|' /C calc'!A0")))
    page = clerk.get(draft).text
    assert "<script>alert" not in page
    assert "<b>a.xlsx" not in page
    confirm(clerk, draft)
    with world.system() as session:
        assert session.scalars(sa.select(Hazard.description)).one() == said


@pytest.mark.one_database
def test_a_large_draft_opens_in_few_statements(world, enter, tmp_path, statements):
    clerk = enter("yingji")
    few = started(clerk, ledger(tmp_path / "a.xlsx", row()))
    many = started(clerk, ledger(tmp_path / "b.xlsx", *(row(description=f"第{n}处灭火器失效") for n in range(400))))
    counts = []
    for draft in (few, many):
        with statements() as seen:
            assert clerk.get(draft).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 15, counts


@pytest.mark.one_database
def test_a_formula_without_a_result_and_a_file_with_macros(world, tmp_path):
    clerk = world.as_("yingji")
    path = ledger(tmp_path / "a.xlsx", row(measures="=1+1"), row(description='=CONCATENATE("a","b")'))
    answer = upload(clerk, path, "带宏的台账.xlsm")
    page = clerk.get(answer.headers["Location"]).text
    assert "描述不能为空" in page or "不能为空" in page
    assert "CONCATENATE" not in page


@pytest.mark.one_database
def test_a_bomb_is_refused_before_it_is_unpacked(world, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<w/>")
        for n in range(4):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", b" " * (80 << 20))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1 << 20
    answer = upload(world.as_("yingji"), tmp_path / "bomb.xlsx")
    assert answer.status_code == 422
    assert "安全" in answer.text


def test_a_cell_that_is_not_hers_to_change_is_put_back_with_one_click(world, enter, tmp_path):
    world.hazard("fengcheng", measures="加装护栏")
    office = enter("office")
    (tmp_path / "o.xlsx").write_bytes(download(office, "/hazards/export").data)
    draft = started(office, edit(tmp_path / "o.xlsx", measures="拆除护栏"))
    page = office.get(draft).text
    place, offer = re.search(r'name="(fix:[^"]+!measures)" value="(加装护栏)"', page).groups()
    assert "请点下面的原内容恢复，或勾选本次不导入" in page
    office.send(f"{draft}/fix", {place: offer})
    confirm(office, draft)
    assert "新增 0，变更 0，未变 1" in office.get(draft).text
