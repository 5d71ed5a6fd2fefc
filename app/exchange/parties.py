"""Units and people in one cell: 「凤城镇 某某、某某；县应急管理局：某某」, several units, group names."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .cells import Understood, says_nothing
from .messages import N_, Message
from .text import as_text, fold, squash

NO_UNIT = N_("No unit is named beside %(people)s.")
SPLIT = N_("Read as %(text)s.")
TOO_LONG = N_("This is too long for units and people.")
_LONGEST_CELL, _LONGEST_WORD, _MOST_WORDS = 2_000, 60, 4


@dataclass(frozen=True)
class UnitMention:
    """A unit as it was written and its people. ``group``: it stands for many (townships, members, …)."""

    unit_text: str
    people: tuple[str, ...] = ()
    group: str | None = None


# Who they are is for the caller to say; `unspecified` can only be asked back.
GROUPS = (
    ("unspecified", re.compile(r"各?(?:有关|相关|责任)(?:乡\(?镇\)?|部门|单位|企业|成员单位|职能部门)+"
                               r"|等(?:\d+|[一二三四五六七八九十]+)?[家个]?(?:企业|单位|部门|乡\(?镇\)?)?")),
    (
        "townships",
        re.compile(r"(?:全县|辖区)?(?:各|所有|\d+个|[一二三四五六七八九十]+个)(?:乡\(?镇\)?|镇乡?)(?:人民政府|政府)?"),
    ),
    ("members", re.compile(r"(?:县安委会|县|安委会)?(?:各|所有)(?:县安委会|安委会)?成员单位")),
    (
        "departments",
        re.compile(r"(?:县直|县)?(?:各|所有)(?:县直|职能|行业|主管|监管|行业主管|行业监管|监管主管)?(?:部门|单位)"),
    ),
    ("enterprises", re.compile(r"(?:全县|辖区)?(?:各|所有)\S{0,6}(?:企业|生产经营单位|经营单位|煤矿|矿山|加油站)")),
)

_UNIT_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[;\n、,\s]))(?:整改|责任|检查|复查|验收|牵头|配合|主体)*(?:责任)?(?:单位|部门|企业)\s*:\s*"
)
_PERSON_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[;\n、,\s(]))(?:(?:整改|检查|复查|验收|主要|现场|安全|企业|单位)*(?:责任|负责|联系|经办|管理)?(?:人员|人)"
    r"|法定代表人|法人代表|法人|(?:联系)?(?:电话|手机|方式)(?:号码?)?)\s*:\s*"
)
# 「1.…；2.…」, 「①…②…」: the entries of a cell with several.
_ITEM = re.compile(r"(?:(?<=^)|(?<=[;\n、,。\s]))(?:[①-⑳⑴-⒇]|\(?\d{1,2}[.、)](?!\d))\s*")
_PHONE = re.compile(r"\+?\d[\d-]{6,}")
_PART = re.compile(r"牵头|主办|配合|协办|协助|(?:牵头|具体)?(?:负责|落实)")  # what a unit does, not who does it
_UNIT_ENDING = re.compile(
    r"(?:局|镇|乡|办|委|部|厅|科|股|处|室|组|公司|集团|厂|矿|站|所|院|校|园|中心|大队|支队|中队|队|银行|商店|超市|商场|商城|商贸城"
    r"|政府|宾馆|饭店|酒店|饭庄|餐馆|餐厅|店|合作社|社|村|社区|居委会|村委会|项目部|工地|冷库|仓库|库|场|基地|景区|馆|医院|卫生院|学校|幼儿园|物流部)"
    r"(?:\(.*\))?$"
)
_COMPOUND_SURNAME = re.compile(r"^(?:欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|东方|长孙|宇文)")
_TITLE = (
    "(?:党委|副|常务|代理)*(?:书记|主席|主任|镇长|乡长|局长|站长|所长|科长|股长|队长|大队长|部长|组长|矿长|厂长|店长|校长|院长"
    "|经理|总经理|董事长|安全员|安全总监|主管|总|工)"
)
_PERSON = re.compile(rf"^(?:{_TITLE})?([\u4e00-\u9fff]{{2,4}}?)(?:同志|{_TITLE})?(?:\([^)]*\))?[\d-]*$")
_LONG_NAME = re.compile(r"^[\u4e00-\u9fff]+[·•][\u4e00-\u9fff·•]+$")
_TITLE_LABEL = re.compile(rf"(?:(?<=^)|(?<=[;\n、,\s(]))({_TITLE}):")
_INNER = re.compile(r"([^()、,;\s:]*)\(([^()]*)\)")
_BETWEEN = re.compile(r"[、,/]")
_AND = re.compile(r"和|及|与|暨")


def parse_parties(cell: object, is_unit: Callable[[str], bool]) -> Understood[tuple[UnitMention, ...]]:
    """``is_unit`` tells a known unit's name, be it short or ambiguous (``NameIndex.knows``).

    Unknown words count as a unit by their ending or length, else as a person's name.
    """
    said = as_text(cell).strip()
    if says_nothing(said):
        return Understood((), said)
    if len(said) > _LONGEST_CELL:
        return Understood((), said, problem=Message(TOO_LONG))
    reader = _Reader(is_unit)
    mentions = reader.read(fold(said))
    if alone := [m for m in mentions if not m.unit_text]:
        people = "、".join(person for m in alone for person in m.people)
        return Understood(mentions, said, Message(NO_UNIT, {"people": people}), certain=False)
    note = None if reader.certain else Message(SPLIT, {"text": format_parties(mentions)})
    return Understood(mentions, said, note, certain=reader.certain)


def format_parties(mentions: Iterable[UnitMention]) -> str:
    """As the form prints it, several joined by 、; ``parse_parties`` reads it back as long as it knows the units."""
    return "、".join(f"{m.unit_text} {'、'.join(m.people)}".strip() for m in mentions)


def group_of(text: str) -> str | None:
    word = squash(text)
    return next((name for name, pattern in GROUPS if pattern.fullmatch(word)), None)


@dataclass
class _Reader:
    """Word by word: a unit opens a mention, people go to the unit before them."""

    is_unit: Callable[[str], bool]
    certain: bool = True
    units: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    current: str | None = None

    def read(self, text: str) -> tuple[UnitMention, ...]:
        if self.is_unit(text):
            return (UnitMention(_unit_text(text)),)
        text = _PERSON_LABEL.sub(" ", _UNIT_LABEL.sub("", _ITEM.sub("", text)))
        text = _TITLE_LABEL.sub(r"\1 ", text)
        text = _INNER.sub(self._unfold, text)
        for line in re.split(r"[;\n。]+", text):
            for piece in _BETWEEN.split(line):
                self._piece(piece.strip())
        if self.waiting:
            self.units.setdefault("", []).extend(self.waiting)
        return tuple(
            UnitMention(unit, tuple(dict.fromkeys(people)), group_of(unit)) for unit, people in self.units.items()
        )

    def _unfold(self, found: re.Match) -> str:
        """「凤城镇(张三、李四)」 → 「凤城镇:张三、李四;」; brackets within a name stay."""
        outer, inner = found[1], found[2]
        words = [word for word in re.split(r"[、,;\s]+", inner) if word]
        if self.is_unit(found[0]) or not outer or not words:
            return found[0]
        if _looks_like_person(outer) and not self.is_unit(outer) and self.is_unit(inner):
            return f"{inner}:{outer};"
        persons = [word for word in words if not _PHONE.fullmatch(word)]
        if persons and all(_looks_like_person(w) and not self.is_unit(w) for w in persons) and not _is_title(inner):
            return f"{outer}:{inner};"
        return found[0]

    def _piece(self, piece: str) -> None:
        if not piece:
            return
        if self._is_unit(piece):
            return self._unit(piece)
        if ":" in piece:
            before, after = piece.split(":", 1)
            self._named(before.strip())
            return self._piece(after.strip())
        words = _join_titles(_join_spaced_names(piece.split()))
        while words:
            size = next((n for n in range(min(len(words), _MOST_WORDS), 0, -1) if self._is_unit("".join(words[:n]))), 1)
            self._word("".join(words[:size]))
            words = words[size:]

    def _named(self, text: str) -> None:
        """What stands before a colon is a unit, known or not; its last word at least."""
        words = text.split()
        if self._is_unit(text) or len(words) == 1:
            return self._unit(text)
        for word in words[:-1]:
            self._word(word)
        if words:
            self._unit(words[-1])

    def _word(self, word: str) -> None:
        if self._is_unit(word):
            self._unit(word)
        elif _PHONE.fullmatch(word):
            self._phone(word)
        elif self.current is not None and _PART.fullmatch(word):
            self.certain = False
        elif parts := self._joined_by_and(word):
            for part in parts:
                self._word(part)
        elif _looks_like_person(word):
            self._person(word)
        elif parts := self._glued(word):
            self.certain = False
            self._unit(parts[0])
            self._word(parts[1])
        elif any(map(str.isalnum, word)):
            self._unit(word)

    def _is_unit(self, text: str) -> bool:
        return bool(text) and (self.is_unit(text) or group_of(text) is not None)

    def _unit(self, text: str) -> None:
        self.current = _unit_text(text)
        people = self.units.setdefault(self.current, [])
        if self.waiting:  # 「张三 凤城镇」: the people came first.
            self.certain = False
            people += self.waiting
            self.waiting = []

    def _person(self, text: str) -> None:
        (self.waiting if self.current is None else self.units[self.current]).append(squash(text))

    def _phone(self, text: str) -> None:
        """Stays with the person before it."""
        people = self.waiting if self.current is None else self.units[self.current]
        if people:
            people[-1] += text
        else:
            self._person(text)

    def _joined_by_and(self, word: str) -> list[str] | None:
        for found in _AND.finditer(word):
            parts = [word[: found.start()], word[found.end() :]]
            both_units = all(map(self._is_unit, parts))
            if both_units or (all(map(_looks_like_person, parts)) and len(word) > 4):
                return parts
        return None

    def _glued(self, word: str) -> tuple[str, str] | None:
        """「凤城镇张三」, 「凤城镇-张三」, 「凤城镇牵头」, 「凤城镇等3家」: a known unit with more right behind it."""
        for size in range(min(len(word), _LONGEST_WORD) - 1, 1, -1):
            rest = word[size:].lstrip("-")
            if self.is_unit(word[:size]) and (_looks_like_person(rest) or _PART.fullmatch(rest) or group_of(rest)):
                return word[:size], rest
        return None


def _unit_text(text: str) -> str:
    """Names are compared folded, but a new enterprise is created from these words: brackets as Chinese writes them."""
    return squash(text).replace("(", "（").replace(")", "）")


def _join_spaced_names(words: list[str]) -> list[str]:
    """「张　三」 is one name: two single characters."""
    joined: list[str] = []
    for word in words:
        if len(word) == 1 and joined and len(joined[-1]) == 1:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _join_titles(words: list[str]) -> list[str]:
    """「矿长 王五」, 「王五 矿长」 are one person."""
    joined: list[str] = []
    for word in words:
        title_before = bool(joined) and _is_title(joined[-1])
        if joined and (title_before or _is_title(word)) and all(map(_looks_like_person, (joined[-1], word))):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _is_title(text: str) -> bool:
    return re.fullmatch(_TITLE, squash(text)) is not None


def _looks_like_person(text: str) -> bool:
    word = squash(text)
    if _LONG_NAME.match(word):
        return True
    found = _PERSON.match(word)
    if not found or _UNIT_ENDING.search(word):
        return False
    return len(found[1]) <= 3 or bool(_COMPOUND_SURNAME.match(found[1]))
