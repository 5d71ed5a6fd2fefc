"""The hazards of a large county, their parties and their history, each table in one statement."""
from __future__ import annotations

import datetime as dt

from app.demo.content import words
from app.demo.scale.writer import Writer

WORDS = words("scale")
SOURCES = ("oversight", "enforcement", "assistance", "superior")
COMMON, RARE = "临时用电", "氨罐"  # in one description of twenty, and of twenty thousand
DAYS = 1095
TABLES = ("cases", "hazards", "hazard_rectifiers", "hazard_rounds", "case_parties", "timeline_entries")
# Multipliers of the dice: primes, so that n * prime % many takes every value once and follows no pattern of n.
DICE = {"a": 611953, "b": 746773, "c": 862417, "d": 935369}


class Hazards:
    """`plan` is a temporary table of what every other table repeats; days are counted from today."""

    def __init__(self, writer: Writer, county: int, office: tuple[int, str], units: dict, first: int, enterprises: int,
                 category: int, count: int):
        self.w, self.county, self.office, self.units, self.first = writer, county, office, units, first
        self.enterprises, self.category, self.count = enterprises, category, count

    def write(self) -> None:
        self._plan()
        self._cases()
        self._parts()
        self._rounds()
        self._parties()
        self._history()
        self._numbers()
        self.w.run("DROP TABLE plan")
        for table in TABLES:
            if table != "hazards":
                self.w.count_on(table)

    # ── what happened ──────────────────────────────────────────────────────────────────────────────────────────
    def _part(self, die: str, sides: int, before: int = 1) -> str:
        """A number below `sides` from a die, of which `before` outcomes were used up by coarser parts."""
        return f"({die} * {before * sides} / {self.count} % {sides})"

    def _word(self, of: str, die: str, before: int = 1) -> str:
        return self.w.one_of(WORDS[of], self._part(die, len(WORDS[of]), before))

    def _dated(self) -> None:
        """Which state each is in, when it was found and by when it must be done: days from today."""
        n, newest, late = self.count, self.count - self.count * 7 // 10, self._part("d", 120, 72)
        dice = ", ".join(f"n * {prime} % {n} AS {die}" for die, prime in DICE.items())
        lot = f"n * {DICE['b']} % {newest}"
        fate = (f"CASE WHEN n < {n - newest} THEN 0 WHEN {lot} < {n * 6 // 100} THEN 1 "
                f"WHEN {lot} < {n * 8 // 100} THEN 2 ELSE 0 END")
        day = f"n * {DAYS - 1} / {n} - {DAYS}"
        open_ = f"CASE WHEN {self._part('c', 3)} = 0 THEN 'awaiting_recheck' ELSE 'rectifying' END"
        due = (f"CASE fate WHEN 0 THEN day + 3 + {self._part('d', 27, 72)} WHEN 1 THEN {self._part('d', 60, 72)} "
               f"ELSE -1 - {late} END")
        self.w.run(
            f"CREATE TEMPORARY TABLE dated AS SELECT n, a, b, c, d, day, {due} AS due, "
            f"CASE fate WHEN 0 THEN 'closed' WHEN 1 THEN {open_} ELSE 'rectifying' END AS state, "
            f"CASE fate WHEN 2 THEN {self.w.least('day', f'-4 - {late}')} ELSE day END AS found "
            f"FROM (SELECT n, {dice}, {fate} AS fate, {day} AS day FROM {self.w.numbers(n)}) AS rolled")

    def _plan(self) -> None:
        self._dated()
        claimed = self.w.least(f"found + 1 + {self._part('c', 25, 40)}", "-1")
        ended = self.w.least(f"{claimed} + {self._part('d', 3, 8640)}", "-1")
        self.w.run(
            f"CREATE TEMPORARY TABLE plan AS SELECT n + 1 AS id, n, day, state, found, due, {self._firm()} AS firm, "
            f"{self._unit()} AS unit, {self._words()} AS words, a, c, d, "
            f"CASE WHEN state IN ('closed', 'awaiting_recheck') THEN {claimed} END AS claimed, "
            f"CASE WHEN state = 'closed' THEN {ended} END AS ended FROM dated")
        self.w.run("DROP TABLE dated")
        territory = "SELECT territory_id FROM enterprises WHERE enterprises.id = plan.firm"
        self.w.run(f"UPDATE plan SET unit = ({territory}) WHERE unit = 0")

    def _firm(self) -> str:
        """The first enterprises have up to three times as many hazards as the last."""
        n = self.count
        return f"{self.first} + {self.enterprises} * b * (b + {n}) / 2 / {n} / {n}"

    def _unit(self) -> str:
        """Who inspects: 县水务局 one in fifty, else a department or (0) the firm's township."""
        others, known = [i for i, _name in self.units["department"]], self.units["even"]
        return (f"CASE WHEN {self._part('a', 50)} = 0 THEN {known} WHEN {self._part('d', 2)} = 0 THEN 0 "
                f"ELSE {self.w.one_of(others, self._part('d', len(others), 2))} END")

    def _words(self) -> str:
        rare = f"CASE WHEN n % 20000 = 7 THEN '制冷{RARE}区' ELSE '' END"
        return " || ".join((rare, self._word("place", "a", 50), self._word("thing", "c", 1000),
                            self._word("fault", "d", 8640), self._word("basis", "a", 1000)))

    # ── where it is written ────────────────────────────────────────────────────────────────────────────────────
    def _cases(self) -> None:
        w, when = self.w, "COALESCE(ended, claimed, found)"
        turn = "CASE state WHEN 'rectifying' THEN firm WHEN 'awaiting_recheck' THEN unit END"
        w.insert("cases", {
            "id": "id", "kind": "'hazard'", "county_id": self.county, "number": self._number(), "title": "words",
            "state": "state", "issued": w.true(True), "turn_organization_id": turn,
            "turn_role": f"CASE WHEN {turn} IS NOT NULL THEN 'clerk' END", "due": w.day("due"),
            "due_sort": w.day("due"), "happened_on": w.day("found"), "state_since": w.day(when),
            "closed_on": w.day("ended"), "filed_by_id": self.office[0], "created_at": w.instant("found"),
            "recorded_at": w.instant("found"), "state_recorded_at": w.instant(when), "version": 1,
        }, "plan ORDER BY id")

    def _years(self) -> list[tuple[int, int]]:
        """`(year, number of hazards found before it)`, for the years that the plan touches."""
        found = []
        for year in range((self.w.today - dt.timedelta(days=DAYS)).year, self.w.today.year + 1):
            days = max(0, (dt.date(year, 1, 1) - self.w.today).days + DAYS)
            before = -(-days * self.count // (DAYS - 1))
            if before < self.count:
                found.append((year, before))
        return found

    def _number(self) -> str:
        cases = " ".join(f"WHEN n >= {before} THEN 'YH-{year}-' || {self.w.digits(f'(n + 1 - {before})')}"
                         for year, before in reversed(self._years()))
        return f"CASE {cases} END"

    def _numbers(self) -> None:
        years = self._years()
        for (year, before), (_next, after) in zip(years, [*years[1:], (0, self.count)], strict=True):
            self.w.run("INSERT INTO number_series (county_id, code, year, last) VALUES (:county, 'YH', :year, :last)",
                       county=self.county, year=year, last=after - before)

    def _parts(self) -> None:
        w, of_firm = self.w, "plan JOIN enterprises ON enterprises.id = firm ORDER BY plan.id"
        major = f"{self._part('a', 50, 5000)} = 0"
        w.insert("hazards", {
            "id": "plan.id", "description": "words", "source": w.one_of(SOURCES, self._part("d", 4, 103680)),
            "method": self._word("method", "c", 160000), "inspecting_unit_id": "unit", "enterprise_id": "firm",
            "territory_id": "territory_id", "industry_id": "industry_id", "recheck_unit_id": "unit",
            "category_id": f"{self.category} + {self._part('c', 8, 20000)}", "due_kind": "'date'",
            "level": f"CASE WHEN {major} THEN 'major' ELSE 'general' END", "listing": "'undecided'",
            "criterion_note": f"CASE WHEN {major} THEN '见导入的台账' END", "original_due": w.day("due"),
            "acknowledged_on": w.day("claimed"), "round_number": 1, "claimed_on": w.day("claimed"),
            "imported_history": f"CASE state WHEN 'closed' THEN {w.true(True)} ELSE {w.true(False)} END",
        }, of_firm)
        w.insert("hazard_rectifiers", {
            "id": "plan.id", "case_id": "plan.id", "organization_id": "firm", "heads": "safety_manager",
            "is_enterprise": w.true(True), "position": 0,
        }, of_firm)

    def _rounds(self) -> None:
        w, done, passed = self.w, "CASE WHEN claimed IS NOT NULL THEN", "CASE WHEN state = 'closed' THEN"
        w.insert("hazard_rounds", {
            "id": "id", "case_id": "id", "number": 1, "measures": self._word("measure", "c", 1000),
            "progress": f"{done} '已按要求整改完毕' END",
            "prevention": f"{done} {self._word('prevention', 'c', 20000)} || '，防止同类问题反复发生' END",
            "claimed_on": w.day("claimed"), "recheck_unit_id": f"{passed} unit END",
            "rechecked_on": f"{passed} {w.day('ended')} END", "opinion": f"{passed} '复查合格，同意销号' END",
            "passed": f"{passed} {w.true(True)} END",
        }, "plan ORDER BY id")

    def _parties(self) -> None:
        """As `app.hazards.parties` has it: six for each hazard."""
        sources = {
            "filing": (str(self.office[0]), "plan"), "inspecting": ("unit", "plan"), "rechecking": ("unit", "plan"),
            "territory": ("territory_id", "plan JOIN enterprises ON enterprises.id = firm"),
            "regulator": ("organization_id", "plan JOIN enterprise_regulators ON enterprise_id = firm"),
            "rectifying": ("firm", "plan"),
        }
        for role, (unit, source) in sources.items():
            self.w.insert("case_parties", {
                "case_id": "plan.id", "organization_id": unit, "role": f"'{role}'",
                "oversees": self.w.true(role != "rectifying"), "kind": "'hazard'", "state": "state",
                "due": self.w.day("due"), "happened_on": self.w.day("found"),
            }, source)

    def _history(self) -> None:
        """Every state on its day; the keys of what comes later in a case are larger."""
        steps = (
            ("import", "NULL", "'rectifying'", "found", "id", "id > 0"),
            ("claim", "'rectifying'", "'awaiting_recheck'", "claimed", f"{self.count} + id", "claimed IS NOT NULL"),
            ("pass_recheck", "'awaiting_recheck'", "'closed'", "ended", f"{self.count * 2} + id", "state = 'closed'"),
        )
        for verb, before, after, day, key, when in steps:
            self.w.insert("timeline_entries", {
                "id": key, "case_id": "id", "county_id": self.county, "recorded_at": self.w.instant(day),
                "occurred_on": self.w.day(day), "user_name": "'县安委办'", "organization_id": self.office[0],
                "organization_name": f"'{self.office[1]}'", "role": "'county_clerk'", "verb": f"'{verb}'",
                "from_state": before, "to_state": after, "changes": "'{}'", "extra": "'{}'",
            }, f"plan WHERE {when} ORDER BY id")
