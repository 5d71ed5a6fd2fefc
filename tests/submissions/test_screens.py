"""A month at the screens: owed on the workbench, frozen, reviewed, chased; and who finds what."""

import datetime as dt
import io
import re

import openpyxl
import pytest

from app.submissions.states import SubmissionState as S
from tests.support.submission_factories import month_of, on, open_all, read

D = dt.date.fromisoformat
FORM = {"reviewer": "李审核", "filer": "张填报", "phone": "0356-1234567"}


def opened(world, day: str = "04-02", unit: str = "yingji") -> int:
    on(world, "03-20").hazard(happened_on=D("2026-03-10"))
    open_all(on(world, day))
    return month_of(world, unit, "2026-03")


def post(world, who: str, verb: str, submission_id: int, **form):
    form.setdefault("version", read(world, submission_id).version)
    return world.as_(who).send(f"/submissions/{submission_id}/do/{verb}", form)


def text(world, who: str, path: str) -> str:
    answer = world.as_(who).get(path)
    assert answer.status_code == 200, (who, path, answer.status_code)
    return answer.get_data(as_text=True)


def test_from_the_workbench_to_an_approved_month(world):
    submission_id = opened(world)
    assert f"/submissions/{submission_id}/do/submit" in text(world, "yingji", "/")
    assert f"/submissions/{submission_id}" not in text(world, "yingji_head", "/")
    assert post(world, "yingji", "submit", submission_id, **FORM).status_code == 302
    page = text(world, "yingji_head", f"/submissions/{submission_id}")
    assert "配电箱无漏电保护" in page and "李审核" in page and "审核通过" in page
    assert f"/submissions/{submission_id}/do/approve" in text(world, "yingji_head", "/")
    assert post(world, "yingji_head", "approve", submission_id).status_code == 302
    assert read(world, submission_id).state == S.APPROVED
    file = world.as_("office").get(f"/submissions/{submission_id}/files/1")
    assert file.status_code == 200 and file.data[:2] == b"PK"
    file.close()


def test_the_record_of_a_month_is_printed(world):
    """From the first step to the last, with the name of whose month it is; its page leads there."""
    submission_id = opened(world)
    post(world, "yingji", "submit", submission_id, **FORM)
    post(world, "yingji_head", "return", submission_id, comment="请补填整改措施")
    paper = text(world, "yingji", f"/submissions/{submission_id}/timeline")
    assert f'href="/submissions/{submission_id}/timeline"' in text(world, "yingji", f"/submissions/{submission_id}")
    said = [paper.index(words) for words in ("应急管理局", "生成应报", "请补填整改措施")]
    assert said == sorted(said) and read(world, submission_id).number in paper


def foot(world, who: str, path: str) -> str:
    """What stands below the table of an exported form."""
    with world.as_(who).get(path) as answer:
        page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return " ".join(str(cell.value) for cells in page.iter_rows(min_row=6) for cell in cells if cell.value)


def test_the_form_names_who_approved_its_month(world):
    """审核人: in person or on paper; nobody before, nor on a form of another month or of none."""
    submission_id, path = opened(world), "/hazards/export?month=2026-03"
    post(world, "yingji", "submit", submission_id, **FORM)
    assert "审核人： " in foot(world, "yingji", path)
    post(world, "yingji_head", "approve", submission_id)
    assert "审核人：yingji_head的人" in foot(world, "yingji", path)
    assert "审核人：yingji_head的人" in foot(world, "office", f"{path}&unit={world['yingji']}")
    for other in ("/hazards/export", "/hazards/export?month=2026-04", "/tasks/export?month=2026-03"):
        assert "审核人： " in foot(world, "yingji", other), other
    assert "审核人： " in foot(world, "fengcheng", path)


@pytest.mark.clause("1.3.1")
def test_the_overview_says_who_has_not_and_since_when(world):
    submission_id = opened(world, "04-20")
    post(world, "yingji", "submit", submission_id, **FORM)
    page = text(world, "office", "/submissions/")
    assert page.count("4月7日到期，逾期13天未报") == 7 and "迟报13天" in page
    assert world.as_("office").send("/submissions/chase", {"month": "2026-03"}).status_code == 302
    assert "已催办1次，最近4月20日" in text(world, "fengcheng", "/")
    assert "已催办" not in text(world, "yingji_head", "/")
    assert "已催办 7 份" in text(world, "office", "/submissions/") or read(
        world, month_of(world, "fengcheng", "2026-03")).chases == 1


def test_who_was_chased_today_is_left_alone(world):
    opened(world, "04-20")
    office, township = world.as_("office"), month_of(world, "fengcheng", "2026-03")
    for _press in range(2):
        told = office.send("/submissions/chase", {"month": "2026-03"}, follow_redirects=True).text
    assert "8 家今天已经催过" in told and read(world, township).chases == 1
    on(world, "04-21")
    world.as_("office").send("/submissions/chase", {"month": "2026-03"})
    assert read(world, township).chases == 2


def test_a_list_of_months_says_what_was_asked(world):
    opened(world, "04-20")
    page = text(world, "yingji", "/submissions/")
    assert "关键词：" not in page and "报送期限" in page and "整改时限" not in page
    found = text(world, "yingji", "/submissions/?q=隐患")
    assert 'value="隐患"' in found and "问题隐患整改清单</a>" in found and "重点工作任务清单</a>" not in found


def test_what_waits_for_the_reviewer_is_not_said_to_be_the_clerk_s_turn(world):
    """He may still take down what was decided on paper."""
    submission_id = opened(world)
    post(world, "yingji", "submit", submission_id, **FORM)
    page, heads = (text(world, who, f"/submissions/{submission_id}") for who in ("yingji", "yingji_head"))
    leading = re.compile(r'class="btn btn-primary" href="/submissions/\d+/do/(\w+)"')
    assert "（审核人）" in page and "（您）" not in page and leading.findall(page) == [] and "/do/approve" in page
    assert "（您）" in heads and leading.findall(heads) == ["approve"]


def test_one_click_chases_one_unit(world):
    opened(world, "04-20")
    township = month_of(world, "fengcheng", "2026-03")
    assert post(world, "office", "chase", township).status_code == 302
    assert read(world, township).chases == 1


def test_a_freeze_that_somebody_else_made_first_is_told(world):
    submission_id = opened(world)
    version = read(world, submission_id).version
    post(world, "yingji", "submit", submission_id, **FORM)
    answer = post(world, "yingji", "submit", submission_id, version=version, **FORM)
    assert answer.status_code == 409 and len(read(world, submission_id).freezes) == 1


def test_what_was_typed_stays_when_it_cannot_be_done(world):
    opened(world)
    empty = month_of(world, "beiliu", "2026-03")
    answer = post(world, "beiliu", "submit", empty, **FORM)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "零报告" in page and "张填报" in page
    assert read(world, empty).state == S.OWED


def test_every_door_keeps_a_stranger_out(world):
    submission_id = opened(world)
    post(world, "yingji", "submit", submission_id, **FORM)
    for who in ("zhujian", "fengcheng", "other_office", "other_yingji"):
        visitor = world.as_(who)
        for path in ("", "/timeline", "/files/1", "/do/withdraw"):
            assert visitor.get(f"/submissions/{submission_id}{path}").status_code == 404, (who, path)
        assert visitor.send(f"/submissions/{submission_id}/do/withdraw", {"version": 2}).status_code == 404
        assert visitor.send(f"/submissions/{submission_id}/assign", {"version": 2}).status_code == 404
        assert f'/submissions/{submission_id}"' not in text(world, who, "/submissions/")
    assert world.as_("firm").get(f"/submissions/{submission_id}").status_code == 403


def test_only_the_office_chases_all(world):
    opened(world, "04-20")
    for who in ("leader", "yingji"):
        world.as_(who).send("/submissions/chase", {"month": "2026-03"})
    assert read(world, month_of(world, "fengcheng", "2026-03")).chases == 0
    assert world.as_("office").send("/submissions/chase", {"month": "2031-01"}).status_code == 404


def test_duties_are_told_at_their_screen(world):
    form = {"organization_id": world["zhujian"], "ledger": "tasks", "owes": "no", "valid_from": "2026-03-01"}
    visitor = world.as_("office")
    assert visitor.send("/submissions/duties/", form).status_code == 302
    page = text(world, "admin", "/submissions/duties/")
    assert "2026-03-01" in page
    assert visitor.send("/submissions/duties/", {**form, "valid_to": "2026-02-01"}).status_code == 422
    assert visitor.send("/submissions/duties/", {**form, "organization_id": world.other.units["zhujian"]}
                        ).status_code == 422
    opened(world)
    found = text(world, "office", "/submissions/")
    assert found.count("不报") == 1
