"""The built-in templates: official letters in the layout of GB/T 9704-2012 (领域手册 2.4), written with python-docx.

A4; the type area is 156 × 225 mm (top 37, left 28), 22 lines of 28 characters of size 3 (16 pt). A letter (10.1 信函
格式) has the issuer's full name in red 30 mm from the top, a red double line below it (thick above thin) and one 20 mm
from the bottom (thin above thick), both 170 mm; the number flush right; no page number on its first page. Seals are
left blank: nobody's seal is a picture.
"""
from __future__ import annotations

import datetime as dt
import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from app.papers.rendering import without_time

TITLE, BODY, HEAD, KAI, LATIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, MARK = Pt(22), Pt(16), Pt(14), Pt(30)
LINE = Pt(28.95)  # 225 mm of 22 lines; the text's lines are exact
# A character of 16 pt is 0.2 pt wider than 156 mm / 28. Set closer, not on a grid: where a character is wider than a
# cell of the grid, LibreOffice gives it two.
CLOSER = -5  # twentieths of a point
RED = RGBColor(0xD0, 0x00, 0x00)
# What stands in where a proprietary font is not installed.
INSTEAD = {TITLE: "宋体", BODY: "仿宋", KAI: "楷体"}
FORM = (Mm(42), Mm(114))  # columns of a form
CENTRE, RIGHT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
SIGNATURE = Mm(156 - 88)  # the left edge of the field in whose middle name and date stand, four characters from right


def page(document) -> None:
    """Paper, type area, grid; odd and even pages apart."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.bottom_margin, section.right_margin = Mm(35), Mm(26)
    section.header_distance, section.footer_distance = Mm(30), Mm(20)
    document.settings.odd_and_even_pages_header_footer = True
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(parse_xml(
        f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{round(LINE.pt * 20)}"/>'))


def blank() -> Document:
    """An empty document with the house's normal style; nothing of the day or the machine in it."""
    document = Document()
    page(document)
    normal = document.styles["Normal"]
    dress(normal, BODY, SIZE_3)
    normal._element.rPr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{CLOSER}"/>'))
    lines(normal.paragraph_format)
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.title = ""
    properties.created = properties.modified = dt.datetime(2025, 12, 2, tzinfo=dt.UTC)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in INSTEAD.items())
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    return document


def dress(styled, east_asian: str, size, colour=None) -> None:
    """Font of a style or run: East Asian text by its own name, figures in Times."""
    styled.font.name, styled.font.size = LATIN, size
    fonts = styled._element.rPr.find(qn("w:rFonts"))
    for theme in ("asciiTheme", "eastAsiaTheme", "hAnsiTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)
    if colour is not None:
        styled.font.color.rgb = colour


def lines(paragraph_format, height=LINE) -> None:
    paragraph_format.line_spacing_rule, paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, height
    paragraph_format.space_before = paragraph_format.space_after = Pt(0)


def write(container, text: str, font: str = BODY, size=SIZE_3, align=None, indent: bool = False, colour=None,
          height=LINE):
    """One paragraph. `indent`: its first line two characters in."""
    paragraph = container.add_paragraph()
    lines(paragraph.paragraph_format, height)
    if align is not None:
        paragraph.alignment = align
    if indent:
        ind = paragraph._p.get_or_add_pPr().get_or_add_ind()
        ind.set(qn("w:firstLineChars"), "200")
        ind.set(qn("w:firstLine"), str(round(2 * SIZE_3.pt * 20)))
    dress(paragraph.add_run(text), font, size, colour)
    return paragraph


def rule(paragraph, side: str, style: str) -> None:
    """A red double line of 170 mm, in the middle of the page: 8 mm left of the type area, 6 mm right of it."""
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)
    paragraph._p.get_or_add_pPr().append(parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:{side} w:val="{style}" w:sz="24" w:space="0" w:color="{RED}"/></w:pBdr>'))


def first_page(document, mark: str) -> None:
    """The issuer's name over the upper double line, and the lower one; no page number."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    top = write(cleared(section.first_page_header), mark, TITLE, MARK, CENTRE, colour=RED, height=Pt(40))
    top.paragraph_format.space_after = Mm(4)
    rule(top, "bottom", "thickThinSmallGap")
    bottom = write(cleared(section.first_page_footer), "", size=Pt(2), height=Pt(4))
    rule(bottom, "top", "thinThickSmallGap")


def cleared(part):
    """A header or footer of its own, without the empty paragraph it comes with."""
    part.is_linked_to_previous = False
    for paragraph in [*part.paragraphs]:
        paragraph._p.getparent().remove(paragraph._p)
    return part


def page_numbers(document) -> None:
    """— 1 — in size 4: odd pages flush right, even ones left, a character in."""
    section = document.sections[0]
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        paragraph = write(cleared(footer), "— ", "宋体", SIZE_4, align, height=Pt(18))
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = SIZE_4
        paragraph.paragraph_format.space_after = Mm(3)
        for kind, text in (("begin", None), (None, " PAGE "), ("end", None)):
            paragraph.runs[0]._r.append(_field(kind, text))
        dress(paragraph.add_run(" —"), "宋体", SIZE_4)


def _field(kind: str | None, text: str | None):
    if kind is None:
        element = OxmlElement("w:instrText")
        element.set(qn("xml:space"), "preserve")
        element.text = text
        return element
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def many(document, name: str, text: str, **more) -> None:
    """A paragraph for each of many: ``{{ item }}`` in `text`."""
    write(document, "{%p for item in " + name + " %}")
    write(document, text, align=BOTH, indent=True, **more)
    write(document, "{%p endfor %}")


def given(document, name: str, text: str, **more):
    """A paragraph that is there when the placeholder says something."""
    write(document, "{%p if " + name + " %}")
    paragraph = write(document, text, **more)
    write(document, "{%p endif %}")
    return paragraph


def signed(document, issuer: str, date: str) -> None:
    """Name over date, each in the middle of one field; the seal is pressed by hand."""
    for text in (issuer, date):
        paragraph = write(document, text, align=CENTRE)
        paragraph.paragraph_format.left_indent = SIGNATURE
        paragraph.paragraph_format.keep_together = True


def headed(document, mark: str, number: str, title: str, addressed: str) -> None:
    """What every official letter begins with."""
    first_page(document, mark)
    page_numbers(document)
    write(document, number, align=RIGHT)
    write(document, "")
    write(document, title, TITLE, SIZE_2, CENTRE, height=Pt(34))
    write(document, "")
    write(document, addressed + "：", align=BOTH)


def saved(document) -> bytes:
    """The bytes of a template, always the same."""
    buffer = io.BytesIO()
    document.save(buffer)
    return without_time(buffer.getvalue())


def form(document, title: str, rows: list[tuple[str, str]]) -> None:
    """A title over a table of two columns: what is asked, what is said."""
    write(document, title, TITLE, SIZE_2, CENTRE, height=Pt(34))
    write(document, "")
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, FORM, strict=True):
        column.width = width
    for asked, said in rows:
        cells = table.add_row().cells
        for cell, width, text, align in zip(cells, FORM, (asked, said), (CENTRE, None), strict=True):
            cell.width = width
            cell._tc.remove(cell.paragraphs[0]._p)
            write(cell, text, align=align, height=Pt(36))
