"""Every way of writing a date that came out of a real ledger; no clock is read."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.dates import NO_SUCH_DAY, NO_YEAR, NOT_A_DATE, ODD_YEAR, parse_date, parse_due

INSPECTED = dt.date(2026, 3, 2)
FIFTH = dt.date(2026, 3, 5)

WITH_YEAR = [
    "2026.3.5",
    "2026.03.05",
    "2026-03-05",
    "2026-3-5",
    "2026/3/5",
    "2026年3月5日",
    "2026年3月5号",
    "2026 年 3 月 5 日",
    "２０２６．３．５",
    "２０２６年３月５日",
    "2026.3.5.",
    "2026、3、5",
    "20260305",
    20260305,
    "二〇二六年三月五日",
    "2026-03-05 00:00:00",
    "2026-03-05T08:30:00",
    "2026年3月5日 14:30",
    "2026年3月5日（星期四）",
    "2026年3月5日 上午",
    "2026.3.5下午",
    "2026年3月5日前",
    "2026年3月5日前完成整改",
    "2026年3月5日止",
    "限2026年3月5日之前整改到位",
    "已于2026年3月5日完成",
    46086,
    46086.0,
    46086.75,
    dt.date(2026, 3, 5),
    dt.datetime(2026, 3, 5, 9, 30),  # noqa: DTZ001 - Excel knows no time zone
]


@pytest.mark.parametrize("cell", WITH_YEAR)
def test_a_whole_date_is_certain(cell):
    found = parse_date(cell)
    assert (found.value, found.certain, found.problem) == (FIFTH, True, None)


@pytest.mark.parametrize(
    "cell",
    ["3月5日", "3.5", "3/5", "3-5", "３月５日", "三月五日", "3月5日前", "限3月5日前整改完毕", 3.5, "26.3.5", "46086"],
)
def test_what_was_supplied_is_shown(cell):
    found = parse_date(cell, reference=INSPECTED)
    assert (found.value, found.certain) == (FIFTH, False)
    assert found.note.render() == "Read as 2026-03-05."


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("3月底", "2026-03-31"),
        ("3月底前", "2026-03-31"),
        ("3月末", "2026-03-31"),
        ("三月底前完成", "2026-03-31"),
        ("3月上旬", "2026-03-10"),
        ("3月中旬", "2026-03-20"),
        ("3月下旬", "2026-03-31"),
        ("2026年3月", "2026-03-31"),
        ("2026.4", "2026-04-30"),
        ("2028年2月底", "2028-02-29"),
        ("月底前", "2026-03-31"),
        ("本月底", "2026-03-31"),
        ("下月底", "2026-04-30"),
        ("年底前", "2026-12-31"),
        ("2027年底", "2027-12-31"),
        ("二季度末", "2026-06-30"),
        ("2026年第三季度", "2026-09-30"),
        ("15日内", "2026-03-17"),
        ("7天内", "2026-03-09"),
        ("两周内", "2026-03-16"),
        ("1个月内", "2026-04-02"),
        ("2026.3.5-3.10", "2026-03-10"),
        ("3月5日至10日", "2026-03-10"),
        ("3月5日—4月2日", "2026-04-02"),
        ("1月5日", "2027-01-05"),
    ],
)
def test_vague_dates_mean_their_last_day(cell, day):
    found = parse_due(cell, inspected_on=INSPECTED)
    assert (str(found.value.day), found.value.kind, found.certain, found.asks) == (day, "date", False, False)


def test_without_a_year_the_day_is_on_or_after_the_inspection_else_in_the_ledgers_year():
    assert parse_date("3月2日", reference=INSPECTED, year=2020).value == INSPECTED
    assert parse_date("3月1日", reference=INSPECTED, year=2020).value == dt.date(2027, 3, 1)
    assert parse_date("3月1日", year=2026).value == dt.date(2026, 3, 1)
    assert parse_date("3月1日").problem.msgid == NO_YEAR


@pytest.mark.parametrize("cell", ["3月35日", "2026.2.30", "2026-13-01", "13.5", "20260230", "2月30日"])
def test_impossible_days(cell):
    for found in (parse_date(cell), parse_date(cell, reference=INSPECTED), parse_due(cell, inspected_on=INSPECTED)):
        assert (found.value, found.problem.msgid) == (None, NO_SUCH_DAY)


def test_impossible_years():
    assert parse_date("2206年3月5日").problem.msgid == ODD_YEAR
    assert parse_date(dt.date(1900, 1, 3)).problem.msgid == ODD_YEAR


@pytest.mark.parametrize("number", [3.1, 2026.1])
def test_excel_dropped_the_last_zero_perhaps(number):
    found = parse_date(number, reference=dt.date(2026, 1, 1))
    assert found.asks and not found.certain
    assert found.note.params["other"] == ("2026-03-10" if number < 13 else "2026-10-31")


def test_no_zero_to_drop():
    assert not parse_date(3.5, reference=INSPECTED).asks
    assert not parse_date("3.1", reference=INSPECTED).asks


@pytest.mark.parametrize(
    "words", ["立行立改", "立即整改", "当日整改", "现场整改", "当场整改完毕", "即查即改", "立行立改。", " 立行立改 "]
)
def test_immediate(words):
    found = parse_due(words, inspected_on=INSPECTED)
    assert (found.value.kind, found.value.day, found.certain) == ("immediate", INSPECTED, True)
    assert parse_date(words, reference=INSPECTED).value == INSPECTED


@pytest.mark.parametrize("words", ["长期坚持", "长期", "持续推进", "常态化", "长期坚持。"])
def test_standing(words):
    found = parse_due(words, inspected_on=INSPECTED)
    assert (found.value.kind, found.value.day, found.certain) == ("standing", None, True)


def test_other_words_around_are_said():
    assert parse_due("立行立改，举一反三", inspected_on=INSPECTED).certain is False
    assert parse_due("长期坚持，每季度检查", inspected_on=INSPECTED).value.kind == "standing"


@pytest.mark.parametrize("words", ["尽快", "待定", "春节前", "15个工作日内", "5日前", "13", "随检修计划" * 50])
def test_an_unreadable_deadline_keeps_its_words_and_asks(words):
    found = parse_due(words, inspected_on=INSPECTED)
    assert (found.value.kind, found.value.words, found.asks, found.problem) == ("unread", words, True, None)
    assert parse_date(words, reference=INSPECTED).problem.msgid == NOT_A_DATE


@pytest.mark.parametrize("cell", [None, "", "  ", "　", "/", "—", "无", "未完成", "整改中"])
def test_no_date(cell):
    for found in (parse_date(cell), parse_due(cell)):
        assert found.value is None and found.problem is None


def chinese(number: int) -> str:
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones or not tens else "")


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


@settings(max_examples=200, deadline=None, database=None)
@given(
    DAYS,
    st.sampled_from([".", "-", "/", "年月日"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "前", "之前", "止", " 00:00:00"]),
)
def test_any_day_in_any_form(day, mark, padded, wide, after):
    year, month, number = (
        f"{day.year}",
        f"{day.month:02d}" if padded else f"{day.month}",
        f"{day.day:02d}" if padded else f"{day.day}",
    )
    text = f"{year}年{month}月{number}日" if mark == "年月日" else mark.join((year, month, number))
    if wide:
        text = text.translate({0x30 + i: 0xFF10 + i for i in range(10)})
    found = parse_date(text + after)
    assert (found.value, found.certain) == (day, True)
    assert parse_due(text + after).value.day == day


@settings(max_examples=200, deadline=None, database=None)
@given(DAYS, DAYS.filter(lambda d: d.year < 2099 and (d.month, d.day) != (2, 29)))
def test_any_day_without_its_year(day, reference):
    if (day.month, day.day) == (2, 29):
        return
    found = parse_date(f"{day.month}月{day.day}日", reference=reference).value
    assert (found.month, found.day) == (day.month, day.day)
    assert reference <= found < reference.replace(year=reference.year + 1)
    assert parse_date(f"{chinese(day.month)}月{chinese(day.day)}日", reference=reference).value == found


@settings(max_examples=100, deadline=None, database=None)
@given(DAYS)
def test_any_serial(day):
    assert parse_date((day - dt.date(1899, 12, 30)).days).value == day
    assert parse_date(day.isoformat()).value == parse_date(int(day.strftime("%Y%m%d"))).value == day


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.one_of(
        st.text(max_size=30), st.text("0123456789年月日.-/底前至内个旬季", max_size=12), st.integers(), st.floats()
    )
)
def test_nothing_breaks_it(cell):
    for reference in (None, INSPECTED):
        date, due = parse_date(cell, reference=reference), parse_due(cell, inspected_on=reference)
        assert date.value is None or 2000 <= date.value.year <= 2100
        assert due.problem or due.value is None or due.value.kind in ("date", "immediate", "standing", "unread")
