"""The field codes of a Word file (域代码): which are named, however a code is cut into runs or put into another one."""
from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

# They count, date, refer within the paper or set its type. Closed: Word has others that read files, ask a database or
# call a program, and a new version may bring more.
_HARMLESS = """
    = ADVANCE AUTHOR AUTONUM AUTONUMLGL AUTONUMOUT CREATEDATE DATE EQ FILENAME FORMCHECKBOX FORMDROPDOWN FORMTEXT
    HYPERLINK IF KEYWORDS LASTSAVEDBY LISTNUM NOTEREF NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE QUOTE REF REVNUM
    SAVEDATE SECTION SECTIONPAGES SEQ STYLEREF SUBJECT SYMBOL TC TIME TITLE TOC
"""
ADMITTED = frozenset(_HARMLESS.split())
CODES = ("instrText", "delInstrText")
INNER = "?"  # stands for a field within a code: what it will say is not known


def not_admitted(part: bytes) -> Iterator[str]:
    """The names of the fields of a part of the file that a template may not have.

    A code with a tag of the template language in it is one: it would read otherwise once filled in.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for code in codes(etree.fromstring(part, parser)):
        name = (code.split() or [""])[0].upper()
        if name.startswith("="):
            name = "="
        if name not in ADMITTED or "{%" in code:
            yield name or INNER


def codes(root: etree._Element) -> Iterator[str]:
    """The code of every field, inner ones first."""
    opened: list[list] = []  # of each field that is not ended: its code so far, whether that is complete
    for one in root.iter(etree.Element):
        tag = etree.QName(one).localname
        if tag == "fldSimple":
            yield _attribute(one, "instr")
        elif tag == "fldChar":
            kind = _attribute(one, "fldCharType")
            if kind == "begin":
                if opened and not opened[-1][1]:
                    opened[-1][0] += INNER
                opened.append(["", False])
            elif opened and kind == "separate":
                opened[-1][1] = True
            elif opened and kind == "end":
                yield opened.pop()[0]
        elif tag in CODES and (not opened or opened[-1][1]):
            yield one.text or ""  # no field's: what a reader makes of it is not known
        elif opened and not opened[-1][1] and tag in (*CODES, "t"):
            opened[-1][0] += one.text or ""
    yield from (code for code, _complete in opened)


def _attribute(one: etree._Element, name: str) -> str:
    return next((value for key, value in one.attrib.items() if etree.QName(key).localname == name), "")
