"""Yes and no, plain text, and how words are compared."""

import pytest

from app.exchange.cells import parse_text, parse_yes_no
from app.exchange.text import as_text, cell_text, fold, squash


@pytest.mark.parametrize(
    "cell", ["是", "√", "✓", "✔", "有", "Y", "y", "YES", "Ｙ", " 是 ", "是。", True, 1, 1.0, "重大", "重大隐患", "对"]
)
def test_yes(cell):
    assert parse_yes_no(cell).value is True


@pytest.mark.parametrize(
    "cell", ["否", "×", "✗", "x", "X", "无", "N", "no", "Ｎ", False, 0, 0.0, "一般", "一般隐患", "/", "—", "不是"]
)
def test_no(cell):
    assert parse_yes_no(cell).value is False


@pytest.mark.parametrize("cell", [None, "", " ", "\n", "　"])
def test_neither(cell):
    found = parse_yes_no(cell)
    assert (found.value, found.problem) == (None, None)


def test_an_answer_with_a_remark():
    assert (parse_yes_no("是（县级挂牌）").value, parse_yes_no("否，已整改").value) == (True, False)
    assert not parse_yes_no("是（县级挂牌）").certain


@pytest.mark.parametrize(
    ("cell", "value"),
    [("☑是□否", True), ("□是 ☑否", False), ("是√ 否□", True), ("是☐/否☑", False), ("√是", True), ("否√", False),
     ("一般事故隐患", False), ("非重大隐患", False)],
)
def test_boxes_and_levels(cell, value):
    assert parse_yes_no(cell).value is value


@pytest.mark.parametrize("cell", ["不清楚", "是否", "较大", "2", "是不是", "□是□否", "☑是☑否"])
def test_an_unclear_answer_is_a_problem(cell):
    found = parse_yes_no(cell)
    assert found.value is None and cell in found.problem.render()


def test_text_is_not_touched():
    for text in (" a\nb ", "=1+1", "００７", "①、②"):
        assert parse_text(text).value == text
    assert parse_text(7.0).value == "7"
    assert parse_text(" \n").value is None


def test_folding_keeps_what_chinese_marks_mean():
    assert fold("Ａ１：（甲），乙；丙　丁") == "A1:(甲),乙;丙 丁"
    assert fold("①甲、乙。〔2025〕") == "①甲、乙。〔2025〕"
    assert squash("整 改\n时　限\u200b") == "整改时限"
    assert squash("⼯⼚") == "工厂"  # Kangxi radicals out of a copied PDF


def test_texts_fit_a_cell():
    assert cell_text("a\r\nb\rc\x00\x1f") == "a\nb\nc"
    assert len(cell_text("😀" * 20_000).encode("utf-16-le")) <= 2 * 32_767
    assert as_text(3.0) == "3" and as_text(None) == "" and as_text(True) == "是"
