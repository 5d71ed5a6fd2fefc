"""The built-in templates in the layout of GB/T 9704-2012: read back from the bytes of the Word files."""

import io
import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from app.papers.kinds import KINDS
from app.papers.rendering import check, render

MM = 36_000  # of the format's units
pytestmark = pytest.mark.one_database


@pytest.fixture
def made(world):
    """`{kind: its example, read back}`."""
    with world.app.test_request_context():
        return {name: Document(io.BytesIO(check(kind.built_in(), kind))) for name, kind in KINDS.items()}


def fonts(run) -> tuple[str, float]:
    return run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), run.font.size.pt


def test_the_type_area_is_156_by_225(made):
    for document in made.values():
        section = document.sections[0]
        sides = (section.page_width, section.page_height, section.top_margin, section.left_margin,
                 section.bottom_margin, section.right_margin)
        assert [round(side / MM) for side in sides] == [210, 297, 37, 28, 35, 26]
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:linePitch")) == "579"  # 22 lines of 225 mm, in twentieths of a point


@pytest.mark.clause("4.1.1")
def test_a_letter_is_laid_out_as_one(made):
    """10.1 信函格式: name 30 mm from the top, double lines of 170 mm, the number flush right, no first page number."""
    section = made["letter"].sections[0]
    assert round(section.header_distance / MM) == 30 and round(section.footer_distance / MM) == 20
    assert section.different_first_page_header_footer
    mark = section.first_page_header.paragraphs[0]
    assert mark.text == "阳城县安全生产委员会办公室"
    assert fonts(mark.runs[0])[0] == "方正小标宋简体" and str(mark.runs[0].font.color.rgb) == "D00000"
    width = 156 - (mark.paragraph_format.left_indent + mark.paragraph_format.right_indent) / MM
    assert round(width) == 170
    line = mark._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    below = section.first_page_footer.paragraphs[0]._p.pPr.find(qn("w:pBdr")).find(qn("w:top"))
    assert (line.get(qn("w:val")), below.get(qn("w:val"))) == ("thickThinSmallGap", "thinThickSmallGap")
    assert "PAGE" not in section.first_page_footer._element.xml
    assert "PAGE" in section.footer._element.xml and "PAGE" in section.even_page_footer._element.xml
    first = made["letter"].paragraphs[0]
    assert first.text == "阳安办函〔2026〕3号" and first.alignment == 2


def test_title_and_text_have_their_fonts_sizes_and_lines(made):
    paragraphs = {p.text: p for p in made["letter"].paragraphs}
    title = paragraphs["关于重大事故隐患整改进展缓慢的督办函"]
    assert fonts(title.runs[0]) == ("方正小标宋简体", 22) and title.alignment == 1
    text = paragraphs["立即整改，举一反三。"]
    assert fonts(text.runs[0]) == ("仿宋_GB2312", 16)
    assert text.paragraph_format.line_spacing.pt == pytest.approx(28.95)
    assert text._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert paragraphs["凤城镇人民政府、北留镇人民政府："].paragraph_format.first_line_indent is None


def test_no_seal_is_a_picture_and_nothing_is_embedded(made):
    for document in made.values():
        names = [str(part.partname) for part in document.part.package.iter_parts()]
        assert not [name for name in names if re.search(r"/(media|embeddings|fonts)/", name)]


def test_a_proprietary_font_names_another(made):
    part = next(p for p in made["letter"].part.package.iter_parts() if p.partname == "/word/fontTable.xml")
    assert b"altName" in part.blob and "仿宋_GB2312".encode() in part.blob


@pytest.mark.parametrize("name", ["letter", "receipt", "reply", "extension_decision"])
def test_the_same_words_are_the_same_bytes(world, name):
    with world.app.test_request_context():
        kind = KINDS[name]
        template, again = kind.built_in(), kind.built_in()
        assert template == again
        assert render(template, kind.example) == render(again, kind.example)


@pytest.mark.parametrize("name", ["letter", "receipt", "reply", "extension_decision"])
def test_every_placeholder_stands_in_the_built_in_template(world, name):
    """But the signer of a letter: his name is not printed on this kind of paper."""
    kind = KINDS[name]
    document = Document(io.BytesIO(kind.built_in()))
    section = document.sections[0]
    source = document.element.xml + section.first_page_header._element.xml
    unused = {one.name for one in kind.placeholders if not re.search(rf"\b{one.name}\b", source)}
    assert unused == ({"signer"} if name == "letter" else set())


def test_what_is_typed_is_never_markup(world):
    with world.app.test_request_context():
        kind = KINDS["letter"]
        made = render(kind.built_in(), kind.example | {"title": "<w:p/>&{{ issuer }}\x07“第1号”", "copies": ""})
        texts = [p.text for p in Document(io.BytesIO(made)).paragraphs]
    assert "<w:p/>&{{ issuer }}“第1号”" in texts
    assert not [text for text in texts if text.startswith("抄送")]
