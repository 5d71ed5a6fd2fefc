"""Every word of ours has its Chinese, what runs is what was translated, and nothing is lost on the way."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
PO = ROOT / "translations/zh/LC_MESSAGES/messages.po"
CURE = "run `make translate`, put the Chinese into translations/zh/LC_MESSAGES/messages.po, run it again"
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+(?:![rs])?\}")


def catalogue(path: Path) -> dict:
    with path.open("rb") as file:
        messages = (read_mo if path.suffix == ".mo" else read_po)(file)
    return {(context_of(message), message.id if isinstance(message.id, str) else message.id[0]): message
            for message in messages if message.id}


def context_of(message) -> str | None:
    """Babel reads the context of a compiled message as bytes."""
    return message.context.decode() if isinstance(message.context, bytes) else message.context


def chinese(message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def make_line() -> list[str]:
    """The arguments of `pybabel extract` as the Makefile gives them."""
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if "pybabel" in line)
    return line.split("pybabel ", 1)[1].split(" -o ")[0].split()


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> dict:
    target = tmp_path_factory.mktemp("words") / "messages.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", *make_line(), "-o", str(target), "."], cwd=ROOT, check=True
    )
    return catalogue(target)


def test_every_message_has_its_chinese(extracted):
    known = catalogue(PO)
    missing = sorted(key[1] for key in extracted if key not in known or not chinese(known[key]))
    assert not missing, f"{len(missing)} messages without Chinese ({CURE}): {missing[:20]}"


def test_nothing_is_guessed():
    guessed = [message.id for message in catalogue(PO).values() if message.fuzzy]
    assert not guessed, f"fuzzy entries are guesses and not shown to users: {guessed}"


def test_what_runs_is_what_was_translated():
    source, compiled = catalogue(PO), catalogue(PO.with_suffix(".mo"))
    wrong = [
        key for key, message in source.items()
        if key not in compiled or chinese(compiled[key]) != chinese(message)
    ]
    assert not wrong, f"messages.mo is older than messages.po: {CURE}; {wrong[:5]}"


def test_placeholders_survive():
    """A placeholder that only the Chinese has would fail at the user's screen."""
    wrong = {}
    for message in catalogue(PO).values():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {place for each in ids for place in PLACES.findall(each)}
        extra = set(PLACES.findall(chinese(message))) - allowed
        if extra:
            wrong[ids[0]] = extra
    assert not wrong, wrong


def test_chinese_is_chinese():
    """A translation without a Chinese character is a name, puts what is said in order, or was forgotten."""
    plain = {chinese(message) for message in catalogue(PO).values()}
    plain = {words for words in plain if not re.search(r"[\u4e00-\u9fff（）]", words)}
    assert plain <= {"%(unit)s %(role)s", "%(day)s，%(title)s。"}, plain
