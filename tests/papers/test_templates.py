"""The office's own templates over HTTP: checked, versioned, in force from the next paper on."""

import io
import zipfile

import pytest
import sqlalchemy as sa
from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from app.casework.attachments import path_of
from app.casework.history import TimelineEntry
from app.papers.models import PaperTemplate

_entries, _templates = TimelineEntry.__table__, PaperTemplate.__table__


def word(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def altered(content: bytes, **parts) -> bytes:
    """A Word file some of whose parts are made anew: `{the end of its name, _ for a dot: what becomes of it}`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = parts.get(name.rsplit("/", 1)[-1].replace(".", "_"), bytes)
            new.writestr(name, change(old.read(name)))
    return out.getvalue()


def related(kind: str, target: str) -> bytes:
    """A template that names something outside itself."""
    line = ('<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            f'{kind}" Target="{target}" TargetMode="External"/></Relationships>')
    return altered(word("{{ title }}"),
                   document_xml_rels=lambda xml: xml.replace(b"</Relationships>", line.encode()))


def field(*codes: str, simple: str = "PAGE") -> bytes:
    """A template with a field whose code stands in several runs, and one in a word."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = Document()
    paragraph = document.add_paragraph("{{ title }}")._p
    kinds = ('<w:fldChar w:fldCharType="begin"/>', *(f"<w:instrText>{code}</w:instrText>" for code in codes),
             '<w:fldChar w:fldCharType="separate"/>', "<w:t>1</w:t>", '<w:fldChar w:fldCharType="end"/>')
    for content in kinds:
        paragraph.append(parse_xml(f"<w:r {space}>{content}</w:r>"))
    paragraph.append(parse_xml(f'<w:fldSimple {space} w:instr=" {simple} "/>'))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def entitled(title: str) -> bytes:
    document = Document()
    document.core_properties.title = title
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def footnoted(text: str) -> bytes:
    """A template with a footnote."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = Document()
    document.part.relate_to(Part(
        PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES,
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>".encode(), document.part.package), RELATIONSHIP_TYPE.FOOTNOTES)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """Every member marked as encrypted."""
    marked = bytearray(content)
    for head, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(head)
        while at >= 0:
            marked[at + flag] |= 1
            at = marked.find(head, at + 4)
    return bytes(marked)


def put(visitor, content: bytes, name: str = "我县的函.docx", kind: str = "letter"):
    return visitor.send(f"/papers/{kind}", {"template": (io.BytesIO(content), name), "note": "改了版头"},
                        content_type="multipart/form-data")


def texts(answer) -> list[str]:
    return [p.text for p in Document(io.BytesIO(answer.data)).paragraphs]


def test_a_template_of_the_office_holds_once_it_is_checked(world):
    head = world.as_("office_head")
    assert put(head, word("{{ title }}（{{ number }}）", "{%p for item in problems %}", "{{ item.text }}",
                          "{%p endfor %}")).status_code == 302
    assert texts(head.get("/papers/letter/example")) == ["关于重大事故隐患整改进展缓慢的督办函（阳安办函〔2026〕3号）",
                                                         "配电箱未上锁"]
    page = head.get("/papers/letter").text
    assert "我县的函.docx" in page and "改了版头" in page
    with world.system() as session:
        row = session.execute(sa.select(_templates)).one()
        assert session.execute(sa.select(_entries.c.extra).where(_entries.c.verb == "paper_template")).scalar()[
            "sha256"] == row.sha256
    assert path_of(world.app.config["DATA_DIR"], row.sha256).exists()


def test_a_link_that_is_clicked_may_stay(world):
    assert put(world.as_("office_head"), related("hyperlink", "http://example.invalid/")).status_code == 302


@pytest.mark.parametrize("codes", [(" PA", "GE \\* MERGEFORMAT "), (" NUMPAGES ",), ('DATE \\@ "yyyy"',), ("=1+1",)])
def test_page_numbers_and_dates_may_stay(world, codes):
    assert put(world.as_("office_head"), field(*codes, simple="NUMPAGES")).status_code == 302


@pytest.mark.parametrize("paper", ["letter", "receipt", "reply", "extension_decision"])
def test_the_products_own_may_be_put_back(world, paper):
    head = world.as_("office_head")
    with head.get(f"/papers/{paper}/template") as answer:
        assert put(head, answer.data, kind=paper).status_code == 302


def test_versions_are_kept_and_the_products_own_comes_back(world):
    head = world.as_("admin")
    put(head, word("{{ title }}一"))
    put(head, word("{{ title }}二"))
    assert head.send("/papers/letter/built-in").status_code == 302
    assert "阳安办函〔2026〕3号" in texts(head.get("/papers/letter/example"))
    assert texts(head.get("/papers/letter/versions/1")) == ["{{ title }}一"]
    with world.system() as session:
        assert session.execute(sa.select(_templates.c.number).order_by(_templates.c.id)).scalars().all() == [1, 2, 3]


@pytest.mark.parametrize(("content", "told"), [
    (lambda: word("{{ titel }}"), "没有这个占位符：titel"),
    (lambda: word("{%p for item in problems %}", "{{ item.hidden }}", "{%p endfor %}"), "没有这个占位符：item.hidden"),
    (lambda: word("{{ title.__class__.__mro__ }}"), "没有这个占位符"),
    (lambda: word("{{ title | upper }}"), "只能用占位符、for 和 if"),
    (lambda: word("{% for i in range(999999999) %}{% endfor %}"), "只有多项的占位符"),
    (lambda: word("{% set x = title %}"), "只能用占位符、for 和 if"),
    (lambda: word("{{ title "), "占位符没有写完整"),
    (lambda: b"PK\x03\x04 no archive", "这不是 Word 文件"),
    (lambda: b"", "这不是 Word 文件"),
    (lambda: altered(word("甲"), document_xml=lambda xml: xml[:-40]), "这不是 Word 文件"),
    (lambda: altered(word("甲"), document_xml=lambda xml: b"<a/>"), "这不是 Word 文件"),
    (lambda: locked(word("甲")), "这不是 Word 文件"),
    (lambda: word("{% if title %}" * 400 + "{% endif %}" * 400), "占位符没有写完整"),
    (lambda: entitled("{% for i in range(9) %}{{ i }}{% endfor %}"), "只有多项的占位符"),
    (lambda: footnoted("{{ title.__class__ }}"), "没有这个占位符"),
    (lambda: related("image", "http://example.invalid/picture.png"), "从别处读取"),
    (lambda: related("attachedTemplate", "http://example.invalid/template.dotm"), "从别处读取"),
    (lambda: field(" INCLUDETEXT ", '"c:\\\\a.docx"'), "域代码 INCLUDETEXT"),
    (lambda: field("INCLUDE", "PICT", "URE x"), "域代码 INCLUDEPICTURE"),
    (lambda: field(" D", "DE Excel x"), "域代码 DDE "),
    (lambda: field("ddeauto x"), "域代码 DDEAUTO"),
    (lambda: field("LINK Excel.Sheet x"), "域代码 LINK"),
    (lambda: field("IMPORT x"), "域代码 IMPORT"),
    (lambda: field("QUOTE ", "{%r if not title %}", "x", "{%r endif %}"), "域代码 QUOTE"),
    (lambda: altered(word("甲"), document_xml=lambda xml: xml.replace(
        b"<w:sectPr", b'<w:p><w:fldSimple w:instr=" DATABASE x"/></w:p><w:sectPr')), "域代码 DATABASE"),
    (lambda: word("{{ problems }}"), "“problems”有多项"),
    (lambda: word("{%p for item in problems %}", "{{ item }}", "{%p endfor %}"), "“item”分为几部分"),
    (lambda: word("{{ title }}" * 501), "占位符太多"),
    (lambda: word("{{" * 50000), "占位符太多"),
    (lambda: related("oleObject", "file:///object.bin"), "从别处读取"),
])
def test_what_cannot_serve_is_told_and_changes_nothing(world, content, told):
    answer = put(world.as_("office_head"), content())
    assert answer.status_code == 422 and told in answer.text
    with world.system() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(_templates)).scalar_one() == 0


def test_another_county_keeps_its_own(world):
    put(world.as_("office_head"), word("{{ title }}甲"))
    other = world.as_("other_office_head")
    assert "我县的函" not in other.get("/papers/letter").text
    assert other.get("/papers/letter/versions/1").status_code == 404
    assert "阳安办函〔2026〕3号" in texts(other.get("/papers/letter/example"))


@pytest.mark.parametrize("username", ["office", "fengcheng", "leader"])
def test_who_writes_letters_reads_the_placeholders_and_changes_none(world, username):
    visitor = world.as_(username)
    page = visitor.get("/papers/letter")
    assert page.status_code == 200 and "{{ deadlines }}" in page.text and "启用新模板" not in page.text
    assert put(visitor, word("{{ title }}")).status_code == 403


def test_a_kind_that_there_is_not(world):
    assert world.as_("office").get("/papers/nonsense").status_code == 404
