"""Small files of every kind, whole and spoiled, as phones and offices send them."""

import io
import zipfile

import openpyxl
from PIL import ExifTags, Image

from app.casework.file_kinds import CONTENT_TYPES

NORTH, EAST = (35.0, 29.0, 12.5), (112.0, 24.0, 36.0)  # 35°29′12.5″ N, 112°24′36″ E
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def exif(turned: int = 1, place=(NORTH, EAST), sides=("N", "E"), at: str | None = "2026:03:19 09:12:30") -> Image.Exif:
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = turned
    if at:
        found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    if place:
        found.get_ifd(ExifTags.IFD.GPSInfo).update({
            ExifTags.GPS.GPSLatitudeRef: sides[0], ExifTags.GPS.GPSLatitude: place[0],
            ExifTags.GPS.GPSLongitudeRef: sides[1], ExifTags.GPS.GPSLongitude: place[1],
        })
    return found


def photo(size=(60, 40), notes: Image.Exif | None = None, kind: str = "JPEG") -> bytes:
    """The left half is red, the right half blue: how it was turned can be seen."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, kind, quality=90, **({"exif": notes} if notes else {}))
    return out.getvalue()


def heic(notes: Image.Exif | None = None) -> bytes:
    """What a phone's file begins with and where its exif stands; the picture itself is nobody's business here."""
    body = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x08meta" + b"\0" * 64
    return body + (b"\0\0\0\x06" + notes.tobytes() if notes else b"") + b"\0" * 200


PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def packed(parts: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def types(main: str = MAIN) -> str:
    return f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'


def spoilt(content: bytes) -> bytes:
    """A zip of which the first part's packed bytes are no longer what they were."""
    at = content.index(b"[Content_Types].xml") + len(b"[Content_Types].xml")
    return content[:at] + b"\xff" * 20 + content[at + 20 :]


def docx(**more) -> bytes:
    return packed({CONTENT_TYPES: types(), "word/document.xml": "<w:document/>", **more})


def xlsx() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """The wrapping of doc, xls and ppt: a header and a directory with an entry of 128 bytes for each stream."""
    entries = (name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(entries)


def bomb() -> bytes:
    """A small word file that says of itself that it unpacks to more than a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (CONTENT_TYPES, "word/document.xml", "word/media/image1.bmp"):
            archive.writestr(name, b"\0" * 1000)
        archive.filelist[-1].file_size = (1 << 30) + 1
    return out.getvalue()


WHOLE = {  # kind: (content, name)
    "jpg": (photo(), "现场.jpg"),
    "png": (photo(kind="PNG"), "现场.png"),
    "heic": (heic(), "IMG_0001.HEIC"),
    "pdf": (PDF, "检测报告.pdf"),
    "docx": (docx(), "整改方案.docx"),
    "xlsx": (xlsx(), "台账.xlsx"),
    "pptx": (packed({CONTENT_TYPES: "<Types/>", "ppt/presentation.xml": "<p/>"}), "汇报.pptx"),
    "doc": (compound("WordDocument", "1Table"), "通知.wps"),
    "xls": (compound("Workbook"), "台账.xls"),
    "ppt": (compound("PowerPoint Document"), "汇报.ppt"),
    "ofd": (packed({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<d/>"}), "公文.ofd"),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
REFUSED = {  # what: (content, name, a word of the answer)
    "nothing": (b"", "空.jpg", "空的"),
    "a page": (HTML, "页.jpg", "不能保存"),
    "a page called pdf": (HTML + b"%PDF-1.7 %%EOF", "页.pdf", "不能保存"),
    "a drawing": (SVG, "图.svg", "不能保存"),
    "a drawing called png": (SVG, "图.png", "不能保存"),
    "a gif": (photo(kind="GIF"), "动.gif", "不能保存"),
    "a program": (b"MZ" + b"\0" * 500, "工具.docx", "不能保存"),
    "text": ("一段文字".encode(), "说明.txt", "不能保存"),
    "half a jpg": (photo((900, 700), exif())[:-400], "半.jpg", "jpg"),
    "half a png": (photo((900, 700), kind="PNG")[:-40], "半.png", "png"),
    "half a pdf": (PDF[:-10], "半.pdf", "不能保存"),
    "half a docx": (docx()[:-30], "半.docx", "打不开"),
    "a docx spoilt on its way": (spoilt(docx()), "坏.docx", "打不开"),
    "one packed otherwise, spoilt": (spoilt(packed({CONTENT_TYPES: types()}, zipfile.ZIP_LZMA)), "坏2.docx", "打不开"),
    "a zip": (packed({"a.txt": "x"}), "包.docx", "不能保存"),
    "a jar with a word file": (packed({CONTENT_TYPES: types(), "word/document.xml": "x", "xl/workbook.xml": "x"}),
                               "双.docx", "不能保存"),
    "macros by their part": (docx(**{"word/vbaProject.bin": b"x"}), "宏.docx", "宏"),
    "macros by their type": (packed({CONTENT_TYPES: types(MACRO_MAIN), "word/document.xml": "x"}), "宏.docm", "宏"),
    "macros of old": (compound("Workbook", "_VBA_PROJECT_CUR", "_VBA_PROJECT"), "宏.xls", "宏"),
    "a password": (compound("EncryptionInfo", "EncryptedPackage"), "密.docx", "密码"),
    "an older file of something else": (compound("Contents"), "图.vsd", "不能保存"),
}
