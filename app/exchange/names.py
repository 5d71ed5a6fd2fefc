"""Which unit is meant by the words in a cell: full, short and old names; when in doubt no guess but candidates."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from .text import squash

# Kinds whose names the county shortens by leaving characters out (住建局); an enterprise's name is not guessed so.
FORMAL_KINDS = frozenset({"county_office", "department", "township", "justice", "county", "city", "province"})
# Not 市: 市监局 and 市场监督管理局 begin with it.
PLACES = ("山西省", "晋城市", "阳城县", "山西", "晋城", "阳城", "县")

TOWNS = ("镇", "乡")
_BRACKETS = re.compile(r"[()〔〕【】\[\]「」《》“”\"'·]")
_COMPANY = re.compile(r"(?:有限责任公司|股份有限公司|集团有限公司|有限公司|集团公司|责任公司|总公司|公司|集团)$")
_GOVERNMENT = re.compile(r"(?<=[镇乡])(?:党委政府|人民政府|镇政府|乡政府|政府|党委)$")
# A room of a unit stands for the unit: 凤城镇安监站, 应急管理局危化股.
_ROOM = re.compile(
    r"^(.+?(?:局|镇|乡|办事处|委员会|委|支队|大队))"
    r"(?:.{0,8}?(?:股|科|室|中队|大队|站|所|中心|办|组|队|党委|政府))$"
)
_LIKELY, _BEHIND_THE_BEST = 55, 20  # of 100: what is much less like than the best is no help
_MOST_REMEMBERED = 50_000


class Candidate(NamedTuple):
    id: Hashable
    name: str
    score: float = 100.0


class Match(NamedTuple):
    """``id`` when exactly one unit is meant; ``how``: exact, alias, normalised, shortened or room.

    Ambiguous: ``id`` is None and ``candidates`` names them all. Unknown: both empty.
    """

    id: Hashable | None = None
    how: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def certain(self) -> bool:
        return self.id is not None and self.how in ("exact", "alias", "normalised")


class NameIndex:
    """Built once over all units of a county; 20,000 enterprises are no burden."""

    def __init__(
        self,
        entries: Iterable[tuple[Hashable, str, Iterable[str], str]],
        places: tuple[str, ...] = PLACES,
        formal_kinds: frozenset[str] = FORMAL_KINDS,
    ):
        longest_first = sorted(places, key=len, reverse=True)
        self._places = re.compile(rf"(?:(?:{'|'.join(map(re.escape, longest_first))})(?=..)){{1,3}}")
        self._names: dict[Hashable, str] = {}
        self._levels: dict[str, dict[str, set]] = {how: defaultdict(set) for how in ("exact", "alias", "normalised")}
        self._formal: dict[tuple[str, str], list[tuple[str, Hashable]]] = defaultdict(list)
        self._cache: dict[str, Match] = {}
        for id_, name, aliases, kind in entries:
            self._add(id_, name, aliases, kind in formal_kinds)

    @cached_property
    def _searched(self) -> list[tuple[str, Hashable]]:
        """What rapidfuzz searches: whole names and bare ones side by side."""
        keys = {(key, id_) for level in self._levels.values() for key, ids in level.items() for id_ in ids}
        return sorted(keys, key=lambda pair: (pair[0], str(pair[1])))

    @cached_property
    def _search_keys(self) -> list[str]:
        return [key for key, _ in self._searched]

    def _add(self, id_: Hashable, name: str, aliases: Iterable[str], formal: bool) -> None:
        self._names[id_] = name
        self._levels["exact"][squash(name)].add(id_)
        self._levels["normalised"][self.bare(name)].add(id_)
        for alias in aliases:
            self._levels["alias"][squash(alias)].add(id_)
            self._levels["normalised"][self.bare(alias)].add(id_)
        if formal and (bare := self.bare(name)):
            for end in set(bare[-2:] if bare[-1] in TOWNS else bare[-1]):  # 凤城 is short for 凤城镇
                self._formal[bare[0], end].append((bare, id_))

    def bare(self, text: str) -> str:
        """The name without place, legal form, brackets: 阳城县宏泰钢构(集团)有限公司 → 宏泰钢构."""
        text = _BRACKETS.sub("", squash(text))
        text = self._without(text, _GOVERNMENT)
        for _ in range(2):
            text = self._without(text, _COMPANY)
        before = self._places.match(text)
        return text[before.end():] if before else text

    @staticmethod
    def _without(text: str, pattern: re.Pattern) -> str:
        shorter = pattern.sub("", text)
        return shorter if len(shorter) >= 2 else text

    def lookup(self, text: str) -> Match:
        key = squash(text)
        if key not in self._cache:
            if len(self._cache) >= _MOST_REMEMBERED:
                self._cache.clear()
            self._cache[key] = self._find(key) if key else Match()
        return self._cache[key]

    def knows(self, text: str) -> bool:
        """Whether the words name a unit, be it ambiguously."""
        match = self.lookup(text)
        return match.id is not None or bool(match.candidates)

    def name(self, id_: Hashable) -> str:
        return self._names[id_]

    def _find(self, key: str) -> Match:
        bare = self.bare(key)
        for how, wanted in (("exact", key), ("alias", key), ("normalised", bare)):
            if ids := self._levels[how].get(wanted):
                return self._match(ids, how)
        alike = self._formal.get((bare[0], bare[-1]), ()) if bare else ()
        if ids := {id_ for name, id_ in alike if _is_short_for(bare, name)}:
            return self._match(ids, "shortened")
        if (room := _ROOM.match(key)) and room[1] != key and (match := self._find(room[1])).id is not None:
            return match._replace(how="room")
        return Match()

    def _match(self, ids: set, how: str) -> Match:
        candidates = tuple(Candidate(id_, self._names[id_]) for id_ in sorted(ids, key=lambda i: self._names[i]))
        return Match(candidates[0].id if len(candidates) == 1 else None, how, candidates)

    def suggest(self, text: str, n: int = 3) -> list[Candidate]:
        """The nearest units, best first. Milliseconds each: ask only for what ``lookup`` did not find."""
        if candidates := self.lookup(text).candidates:
            return list(candidates[:n])
        best: dict[Hashable, float] = {}
        for query in {squash(text), self.bare(text)} - {""}:
            found = process.extract(query, self._search_keys, scorer=fuzz.ratio, limit=4 * n, score_cutoff=_LIKELY)
            for _, score, at in found:
                id_ = self._searched[at][1]
                best[id_] = max(score, best.get(id_, 0))
        least = max(best.values(), default=0) - _BEHIND_THE_BEST
        likely = [item for item in best.items() if item[1] >= least]
        ranked = sorted(likely, key=lambda item: (-item[1], self._names[item[0]]))
        return [Candidate(id_, self._names[id_], score) for id_, score in ranked[:n]]


def _is_short_for(short: str, name: str) -> bool:
    """住建局 for 住房和城乡建设局: same first and last character, the rest in order; 凤城 for 凤城镇."""
    if short == name[:-1] and name[-1:] in TOWNS:
        return True
    if not 3 <= len(short) < len(name) or short[0] != name[0] or short[-1] != name[-1]:
        return False
    rest = iter(name)
    return all(character in rest for character in short)
