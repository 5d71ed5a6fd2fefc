"""Writes what the documents say of the declarations: the state diagram of each noun, the README's matrices.

``make docs`` runs it; tests/conventions/test_handbook.py compares, so that no document tells an old story.
"""
from __future__ import annotations

import re
import tempfile
from pathlib import Path

from flask_babel import force_locale

from app import create_app
from app.access.roles import ROLES
from app.casework.diagram import state_diagram, verb_table
from app.casework.verbs import Noun
from app.nouns import ROOMS, Room
from app.rights.matrix import TITLES, markdown, permissions, verbs

ROOT = Path(__file__).parent.parent
RELATIONS = {  # what a unit is to a case: `role` of its parties, and what the noun's `relations` adds
    "filing": "填报（下达）单位", "inspecting": "检查单位", "rechecking": "复查单位", "rectifying": "整改单位",
    "territory": "属地乡镇", "regulator": "监管部门", "county": "县安委办", "receiving": "接收单位",
    "asking": "提出申请的单位", "writing": "拟稿人本人", "recipient": "收件单位", "via": "转送单位",
    "responsible": "责任单位", "leading": "牵头单位", "self_filing": "自己下达给自己的单位",
    "stand_in": "监督该企业的单位", "stand_in_receiver": "监督接收企业的单位",
}


def states_page(room: Room) -> str:
    """The page of a noun: its state diagram, and every verb with who may."""
    noun = room.noun
    roles = {code: role.title for code, role in ROLES.items()}
    return "\n\n".join((
        f"# {TITLES[noun.kind]}：状态与办理",
        f"本页由 `make docs` 从 `{verbs_file(noun)}` 的声明生成，不要手改。状态只经办理改变；"
        "标“不变”的办理只改内容或等待批复。",
        state_diagram(noun, room.follows),
        "## 谁可以办",
        "“代填”是监督单位替企业填报，须写明代谁、凭什么；“代录”是经办人录入纸面批示，须写明谁批、何时批，附扫描件。",
        verb_table(noun, RELATIONS, roles),
    )) + "\n"


def verbs_file(noun: Noun) -> str:
    """Where the noun's verbs are declared, as a path in the repository."""
    operation = next(iter(noun.verbs.values())).operation
    return operation.__module__.rsplit(".", 1)[0].replace(".", "/") + "/verbs.py"


def verb_matrices() -> str:
    """Markdown: verbs × roles of every noun, each below its own title."""
    found = [verbs(room.noun) for room in ROOMS]
    return "\n\n".join(f"**{matrix.title}**\n\n{markdown(matrix)}" for matrix in found)


def pages() -> dict[Path, str]:
    """`{path: text}` of every generated document, as it should be now."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, part in (("permissions", markdown(permissions())), ("verbs", verb_matrices())):
        text = re.sub(rf"(<!-- {name}[^>]*-->\n).*?(<!-- /{name} -->)", lambda m, p=part: m[1] + p + "\n" + m[2], text,
                      flags=re.DOTALL)
    docs = {ROOT / "docs" / page_name(room.noun): states_page(room) for room in ROOMS}
    return {**docs, readme: text}


def page_name(noun: Noun) -> str:
    return f"states-{noun.kind.replace('_', '-')}.md"


def write() -> None:
    with tempfile.TemporaryDirectory() as nowhere:  # the declarations need an application, not its data
        app = create_app("test", DATA_DIR=nowhere)
        with app.app_context(), force_locale("zh"):
            for path, text in pages().items():
                path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
