"""No script is newer than ES2018: the offices' browsers are old (Chromium 69 at least)."""

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

STATIC = Path(__file__).parent.parent.parent / "app" / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
ACORN = Path(__file__).parent / "vendor" / "acorn.js"
PARSE = """([code]) => { try { acorn.parse(code, {ecmaVersion: 2018}); return ""; }
  catch (e) { return e.message; } }"""
# What the grammar cannot tell: methods that came after ES2018.
NEWER = re.compile(
    r"\.(?:flat|flatMap|at|replaceAll|matchAll|trimStart|trimEnd|findLast|findLastIndex|toSorted|toReversed|toSpliced|"
    r"replaceChildren|hasOwn|fromEntries|allSettled|groupBy|withResolvers)\(|\bglobalThis\b|\bstructuredClone\(|"
    r"\bPromise\.any\(|\bWeakRef\b|\bAggregateError\b"
)


@pytest.fixture
def parse(chromium):
    """What a parser that knows ES2018 and nothing newer says against a text; it runs in the browser of the tests."""
    page = chromium.new_page()
    page.evaluate(ACORN.read_text(encoding="utf-8"))
    yield lambda code: page.evaluate(PARSE, [code])
    page.close()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_es2018_or_older(parse, path):
    assert not parse(path.read_text(encoding="utf-8")), f"{path.name}: write it in the language of 2018"


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.parent == STATIC], ids=lambda path: path.name)
def test_a_script_calls_nothing_that_came_later(path):
    assert not NEWER.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", [
    "a?.b", "a ?? b", "a ||= b", "1_000", "10n", "class A { #x = 1 }", "class A { static {} }",
    "try { a() } catch { b() }",
])
def test_the_parser_refuses_what_is_newer(parse, code):
    assert parse(code)


def test_no_script_stands_in_a_page():
    """The policy forbids it, and no linter would see it."""
    templates = (STATIC.parent / "templates").rglob("*.html")
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son\w+=\"")
    assert not [path.name for path in templates if inline.search(path.read_text(encoding="utf-8"))]
