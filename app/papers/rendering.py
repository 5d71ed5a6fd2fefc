"""A template and what its placeholders say make a Word file: the same bytes each time.

A template comes from outside the program. It may name placeholders, go through those that are many and ask whether one
says anything; nothing else of the template language is admitted, so it can neither reach into the program nor run on.
"""
from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from docxtpl import DocxTemplate
from flask_babel import gettext as _
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.exchange.text import writable
from app.papers import fields
from app.papers.kinds import PaperKind, Placeholder

ADMITTED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Not)
EPOCH = (1980, 1, 1, 0, 0, 0)
MOST_UNPACKED = 64 << 20  # bytes of a template, unpacked
# Braces of a template, each placeholder having two. The product's own have some dozens of placeholders; what puts split
# ones together is quadratic, and took minutes over a hundred thousand.
MOST_BRACES = 1000
PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")  # those that docxtpl fills in
LONGEST_PROPERTY = 255
CARRIED = frozenset({"oleObject", "package", "control", "aFChunk", "vbaProject", "attachedTemplate"})


class BadTemplate(Exception):
    """`faults`: what is wrong with it, in the office's words."""

    def __init__(self, faults: list[str]):
        super().__init__("；".join(faults))
        self.faults = faults


class _Letter(DocxTemplate):
    """The file's properties are no markup, and hold so much."""

    def render_properties(self, context, jinja_env=None) -> None:
        plain, properties = environment(autoescape=False), self.docx.core_properties
        for name in PROPERTIES:
            said = plain.from_string(getattr(properties, name)).render(context)
            setattr(properties, name, said[:LONGEST_PROPERTY])


def environment(autoescape: bool = True) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=autoescape)


def render(template: bytes, context: Mapping) -> bytes:
    """The Word file; two renderings of the same are the same bytes, so its hash says what was printed."""
    document = _Letter(io.BytesIO(template))
    document.render({name: printable(value) for name, value in context.items()}, environment())
    out = io.BytesIO()
    document.save(out)
    return without_time(out.getvalue())


def printable(value):
    """Without what XML cannot hold."""
    if isinstance(value, Mapping):
        return {name: printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable(one) for one in value]
    return writable(str(value if value is not None else "")).replace("\r", "")


def without_time(content: bytes) -> bytes:
    """A zip whose members bear no hour."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def check(template: bytes, kind: PaperKind) -> bytes:
    """Refuse what cannot serve as a template of this kind. Raises BadTemplate; returns an example made from it."""
    refuse_size(template)
    try:
        document = DocxTemplate(io.BytesIO(template))
        refuse_too_many(document)
        refuse_fields(document)
        source = "".join(sources(document))
    except BadTemplate:
        raise
    except Exception:  # damaged, with a password, made to mislead: each reader of it fails in its own way
        raise BadTemplate([_("This is no Word file (.docx).")]) from None
    refuse_foreign_parts(document)
    try:
        faults = list(dict.fromkeys(faults_of(environment().parse(source), kind)))
    except (TemplateSyntaxError, RecursionError) as error:
        raise BadTemplate([_("A placeholder is not closed or not spelt right: %(what)s", what=error)]) from None
    if faults:
        raise BadTemplate(faults)
    try:
        return render(template, kind.example)
    except Exception as error:
        raise BadTemplate([_("It cannot be filled in: %(what)s", what=error)]) from error


def refuse_size(template: bytes) -> None:
    """A small file that unpacks to a large one is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise BadTemplate([_("The file is too large.")])
    except zipfile.BadZipFile:
        raise BadTemplate([_("This is no Word file (.docx).")]) from None


def refuse_foreign_parts(document: DocxTemplate) -> None:
    """Whoever opens a letter fetches nothing from elsewhere and runs nothing: a link that is clicked may stay."""
    package = document.docx.part.package
    for owner in (package, *package.iter_parts()):
        for relation in owner.rels.values():
            kind = relation.reltype.rsplit("/", 1)[-1]
            if kind in CARRIED or (relation.is_external and kind != "hyperlink"):
                raise BadTemplate([_("It contains something that it fetches from elsewhere or that runs: a template or "
                                     "picture that is linked, an embedded object. Take that out.")])


def refuse_fields(document: DocxTemplate) -> None:
    """Word's own field codes: those that number and date a paper, and no other."""
    foreign = list(dict.fromkeys(
        name for part in document.docx.part.package.iter_parts() if part.partname.endswith(".xml")
        for name in fields.not_admitted(part.blob)))
    if foreign:
        raise BadTemplate([_("The field code %(name)s is not admitted in a template: it may fetch something from "
                             "elsewhere or run it. Page numbers and dates (PAGE, NUMPAGES, DATE) may stay.", name=name)
                           for name in foreign])


def refuse_too_many(document: DocxTemplate) -> None:
    if sum(text.count("{") for text in written(document)) > MOST_BRACES:
        raise BadTemplate([_("It has too many placeholders: at most %(most)s.", most=MOST_BRACES // 2)])


def written(document: DocxTemplate) -> Iterator[str]:
    """Body, headers, footers and footnotes as they stand in the file."""
    document.init_docx()
    yield document.get_xml()
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _key, part in document.get_headers_footers(uri):
            yield document.get_part_xml(part)
    for part in document.docx.part.package.iter_parts():
        if part.content_type.endswith(".footnotes+xml"):
            yield part.blob.decode()


def sources(document: DocxTemplate) -> Iterator[str]:
    """All that is rendered, properties too, as the template language reads it."""
    yield from map(document.patch_xml, written(document))
    yield from (getattr(document.docx.core_properties, name) for name in PROPERTIES)


def faults_of(node: nodes.Node, kind: PaperKind,
              within: Mapping[str, Placeholder] = MappingProxyType({})) -> Iterator[str]:
    """`within`: the placeholder that each name of a loop around the node goes through."""
    if not isinstance(node, ADMITTED):
        yield _("Only placeholders, “for” and “if” are admitted in a template.")
        return
    if isinstance(node, nodes.For):
        yield from _loop_faults(node, kind, within)
        return
    if isinstance(node, nodes.Getattr):
        over = within.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if over is None or node.attr not in over.parts:
            yield _("Unknown placeholder: %(name)s", name=f"{getattr(node.node, 'name', '?')}.{node.attr}")
        return
    if isinstance(node, nodes.Name) and node.name not in kind.by_name and node.name not in within:
        yield _("Unknown placeholder: %(name)s", name=node.name)
    if isinstance(node, nodes.Output):
        yield from _whole_lists(node, kind, within)
    for child in node.iter_child_nodes():
        yield from faults_of(child, kind, within)


def _whole_lists(output: nodes.Output, kind: PaperKind, within: Mapping[str, Placeholder]) -> Iterator[str]:
    """What is many, or has parts, would be printed as a program writes a list."""
    for name in (node.name for node in output.nodes if isinstance(node, nodes.Name)):
        if name in within:
            if within[name].parts:
                yield _("“%(name)s” has parts: name the one to be printed.", name=name)
        elif name in kind.by_name and kind.by_name[name].is_many:
            yield _("“%(name)s” is many: go through it with “for”.", name=name)


def _loop_faults(loop: nodes.For, kind: PaperKind, within: Mapping[str, Placeholder]) -> Iterator[str]:
    over = kind.by_name.get(loop.iter.name) if isinstance(loop.iter, nodes.Name) else None
    plain = isinstance(loop.target, nodes.Name) and not (loop.recursive or loop.test or loop.else_ or within)
    if over is None or not over.is_many or not plain:
        yield _("Only a placeholder that is many can be gone through, and not within another.")
        return
    for child in loop.body:
        yield from faults_of(child, kind, {loop.target.name: over})
