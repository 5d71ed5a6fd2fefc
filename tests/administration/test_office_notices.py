"""The State Council's notice read apart: two years' published texts against the published calendar, and plain lists."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.administration.notices import NoticeDay, read

NOTICES = {
    2025: """各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
根据2024年11月修订的《全国年节及纪念日放假办法》，经国务院批准，现将2025年节假日安排通知如下。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}


@pytest.mark.parametrize("year", NOTICES)
def test_a_published_notice_makes_the_published_calendar(year):
    notice = read(NOTICES[year], year)
    told = {one.day: one.is_workday for one in notice.days}
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert {day: told.get(day, day.weekday() < 5) for day in days} == {
        day: chinese_calendar.is_workday(day) for day in days
    }
    assert notice.unread == () and set(told) <= set(days)
    assert {one.note for one in notice.days if one.day.month == 2} == {"春节"}


@pytest.mark.parametrize(("line", "days"), [
    ("2027-01-01 休 元旦", [("2027-01-01", False, "元旦")]),
    ("2027/10/9 上班", [("2027-10-09", True, "")]),
    ("2027年2月5日至7日 放假 春节", [(f"2027-02-0{n}", False, "春节") for n in (5, 6, 7)]),
    ("２月６日—７日放假", [("2027-02-06", False, ""), ("2027-02-07", False, "")]),
    ("12月31日至1月2日放假", [("2027-12-31", False, ""), ("2028-01-01", False, ""), ("2028-01-02", False, "")]),
    ("2月30日放假", []), ("放假3天", []), ("1月1日至6月30日放假", []), ("", []),
])
def test_a_line_of_a_list(line, days):
    assert [(one.day.isoformat(), one.is_workday, one.note) for one in read(line, 2027).days] == days


def test_what_says_neither_is_told_as_unread():
    notice = read("3月8日下午\n5月1日放假", 2027)
    assert notice.unread == ("3月8日下午",) and [one.day.month for one in notice.days] == [5]


@given(st.text(alphabet="0123456789月日至年、。放假上班休 一二：-/\n", max_size=80))
def test_whatever_is_pasted_is_read_without_a_fault(text):
    days = [one.day for one in read(text, 2027).days]
    assert days == sorted(set(days))


@given(st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)), st.booleans())
def test_a_day_s_line_gives_that_day(day, worked):
    line = f"{day:%Y-%m-%d} {'上班' if worked else '放假'}"
    assert read(line, 2020).days == (NoticeDay(day, worked, ""),)
