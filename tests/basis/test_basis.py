"""The governing text on the screen: a form's 依据：一（二） leads to its words."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from app.basis.text import NUMERALS, blocks
from app.hazards.verbs import HAZARDS


@pytest.mark.one_database
def test_everybody_reads_it_and_every_cited_place_is_there(world):
    for username in ("firm", "auditor", "admin", "fengcheng"):
        assert world.as_(username).get("/basis/").status_code == 200
    anchors = set(re.findall(r'id="([^"]+)"', world.as_("fengcheng").get("/basis/").text))
    assert set(NUMERALS) <= anchors
    cited = {verb.clause for verb in HAZARDS.verbs.values() if verb.clause}
    form = world.as_("fengcheng").get("/hazards/new").text
    cited |= {unquote(urlsplit(url).fragment) for url in re.findall(r'href="(/basis/#[^"]+)"', form)}
    assert cited and cited <= anchors


@pytest.mark.one_database
def test_nobody_outside_reads_it(client):
    assert client.get("/basis/").status_code == 302


def test_twelve_mechanisms_though_the_text_counts_eleven_twice():
    headings = [block for block in blocks() if block.kind == "heading"]
    assert [block.anchor for block in headings] == NUMERALS
    assert "行刑衔接" in headings[10].text
    assert "红黄牌" in headings[11].text


def test_a_sentence_broken_by_a_page_is_whole():
    clause = next(block for block in blocks() if block.anchor == "一（二）")
    assert "督办情况等要素构成" in clause.text
    assert clause.text.endswith("（参照样式见附件 1、2）")
