"""The grammar of written dates; ``dates`` says what to make of them."""

import calendar
import datetime as dt
import re
from collections.abc import Callable

from .text import fold, squash

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "0": 0}
_CHINESE_NUMBER = re.compile(r"[零〇0一二三四五六七八九十两]+(?=[年月日号天周个季])")
_BEFORE = re.compile(
    r"^(?:限期?|要求|计划|预计|拟于?|争取|确保|力争|务必|须|需|应|截至|截止|时间|到|于|在|至|约|已|整改|完成|:|,)+(?=[\d本当下次今明月年第])"
)
_AFTER = re.compile(
    r"(?:之前|以前|前|止|为止|之内|以内|内|左右|全部|完成|整改|完毕|到位|结束|落实|销号|报送|[。.,;、!])+$"
)
# With its own space before it: 「2026-3-1 10:00」 without the space would be 2026-3-11.
_CLOCK = re.compile(
    r"(?:[\st]+|(?<=[日号])|\s*[上下]午)\s*\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?)?)(?=[之以]?前?$)"
    r"|\s*(?:[上下中]午|晚上|夜间)(?=[之以]?前?$)"
)
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")

_SAME_DAY = re.compile(
    r"(?:立行立改|立行即改|立查立改|即查即改|即知即改|立整立改|立改立行|边查边改|立即整改|立刻整改|即时整改|马上整改|当场整改|现场整改"
    r"|当日整改|当天整改|当场|当日|当天|现场|立即|即时|立刻)(?:完成|到位|完毕|立行立改)*"
)
_STANDING = re.compile(
    r"(?:长期坚持|长期保持|长期整改|持续坚持|持续整改|持续推进|常抓不懈|常态化坚持|常态化|长期|持续)(?:坚持|推进|整改)*"
)

_NUMBER = r"(\d{1,2})"
_MARK = r"[./\-、]"
_WITHIN = re.compile(
    r"^(?:自?检查之日起|自?即日起|接(?:到)?通知后|检查后)?(\d{1,3})个?(工作日|日|天|周|星期|月)(?:之内|以内|内)"
)


Period = Callable[[dt.date, int, bool], dt.date]


class ImpossibleDay(ValueError):
    """The words have the form of a date, but no calendar has that day."""


def tidy(text: str) -> str:
    """Half-width, without spaces, time of day, weekday and full stop; Chinese numbers before 年月日 in digits."""
    text = _CLOCK.sub("", fold(text).lower())
    text = _WEEKDAY.sub("", squash(text).replace("廿", "二十")).rstrip("。.,;、!")
    return _CHINESE_NUMBER.sub(lambda found: _digits(found[0]), text)


def _digits(word: str) -> str:
    if "十" not in word:
        return "".join(str(_DIGITS[c]) for c in word)
    tens, _, ones = word.partition("十")
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))


def same_day(text: str) -> str | None:
    """The words for 立行立改 in the text."""
    found = _SAME_DAY.search(text)
    return found[0] if found else None


def standing(text: str) -> str | None:
    found = _STANDING.search(text)
    return found[0] if found else None


class Reader:
    """Reads one date. Afterwards ``literal`` tells whether nothing was supplied, ``lacks_year`` what was missing.

    ``period(day, n, working)``: the n-th day after it, of the working ones alone or of all and then one that is
    worked. Without it natural days are counted plainly, and working days not at all.
    """

    def __init__(self, reference: dt.date | None, year: int | None, period: Period | None = None):
        self.reference, self.year, self.period = reference, year, period
        self.literal, self.lacks_year = True, False

    def read(self, text: str) -> dt.date | None:
        """``text`` is tidy. None when it has no form of a date; raises ImpossibleDay for 3月35日."""
        if within := _WITHIN.match(text):
            return self._within(int(within[1]), within[2])
        return self._plain(text) or self._plain(_AFTER.sub("", _BEFORE.sub("", text))) or self._span(text)

    def _plain(self, text: str) -> dt.date | None:
        for pattern, method in _FORMS:
            if found := pattern.fullmatch(text):
                return method(self, *found.groups())
        return None

    def _span(self, text: str) -> dt.date | None:
        """「3月5日至10日」: its last day."""
        text = _AFTER.sub("", _BEFORE.sub("", text))
        for found in re.finditer(r"至|到|~|-+", text):
            first, last = text[: found.start()], text[found.end() :]
            start = self._plain(first)
            if not start:
                continue
            self.literal = False
            if day := re.fullmatch(r"(\d{1,2})[日号]?", last):
                return _day(start.year, start.month, int(day[1]))
            after = Reader(start, self.year)
            return after._plain(last)
        return None

    def _full(self, year: str, month: str, day: str) -> dt.date:
        if len(year) == 2:
            self.literal = False
        return _day(_century(year), int(month), int(day))

    def _month_day(self, month: str, day: str) -> dt.date | None:
        return self._without_year(lambda year: _day(year, int(month), int(day)))

    def _month(self, year: str | None, month: str, part: str | None = None) -> dt.date | None:
        """A month or a third of it: its last day."""
        self.literal = False
        last = {"上旬": 10, "初": 10, "中旬": 20}.get(part or "", 31)

        def end(in_year: int) -> dt.date:
            return _day(in_year, int(month), min(last, _length(in_year, int(month))))

        return end(_century(year)) if year else self._without_year(end)

    def _quarter(self, year: str | None, quarter: str) -> dt.date | None:
        return self._month(year, str(3 * int(quarter)))

    def _year_end(self, year: str | None) -> dt.date | None:
        return self._month(year, "12")

    def _near_month(self, which: str, part: str | None) -> dt.date | None:
        if not self.reference:
            self.lacks_year = True
            return None
        steps = 1 if which in ("下", "次") else 0
        year, month = divmod(self.reference.year * 12 + self.reference.month - 1 + steps, 12)
        return self._month(str(year), str(month + 1), part)

    def _within(self, count: int, unit: str) -> dt.date | None:
        """Natural days after the inspection, its own day not counted; whole months by the calendar."""
        self.literal = False
        if not self.reference or (unit == "工作日" and not self.period):
            return None
        if unit == "工作日":
            return self.period(self.reference, count, True)
        if unit == "月":
            year, month = divmod(self.reference.year * 12 + self.reference.month - 1 + count, 12)
            last = _day(year, month + 1, min(self.reference.day, _length(year, month + 1)))
        else:
            last = self.reference + dt.timedelta(days=count * (7 if unit in ("周", "星期") else 1))
        return self.period(last, 0, False) if self.period else last

    def _without_year(self, build: Callable[[int], dt.date]) -> dt.date | None:
        self.literal = False
        if not self.reference:
            self.lacks_year = self.year is None
            build(2024)  # An impossible day is one in any year, even a leap year.
            return None if self.year is None else build(self.year)
        for year in (self.reference.year, self.reference.year + 1):
            try:
                day = build(year)
            except ImpossibleDay:
                continue
            if day >= self.reference:
                return day
        raise ImpossibleDay


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _length(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        raise ImpossibleDay
    return calendar.monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise ImpossibleDay from error


_FORMS: tuple[tuple[re.Pattern, Callable], ...] = tuple(
    (re.compile(pattern), method)
    for pattern, method in (
        (rf"(\d{{4}}|\d{{2}})(?:年|{_MARK}){_NUMBER}(?:月|{_MARK}){_NUMBER}(?:日|号)?", Reader._full),
        (r"(\d{4})(\d{2})(\d{2})", Reader._full),
        (rf"{_NUMBER}(?:月|{_MARK}){_NUMBER}(?:日|号)?", Reader._month_day),
        (rf"(?:(\d{{4}})(?:年|{_MARK}))?{_NUMBER}月?份?(末|底|初|上旬|中旬|下旬)", Reader._month),
        (rf"(\d{{4}}|\d{{2}}(?=年))(?:年|{_MARK}){_NUMBER}(?:月份?)?", Reader._month),
        (r"()(\d{1,2})月份?", Reader._month),
        (r"(?:(\d{4})年?|今年|本年|当年)?第?([1-4])季度?(?:末|底)?", Reader._quarter),
        (r"(?:(\d{4})年?|今年|本年|当年|本)?年(?:底|末|内)?", Reader._year_end),
        (r"(\d{4})年?(?:底|末)", Reader._year_end),
        (r"(本|当|下|次)?个?月份?(底|末|上旬|中旬|下旬)?", Reader._near_month),
    )
)
