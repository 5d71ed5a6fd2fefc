"""Two who put a first template in force at the same moment: the second is told that somebody else was quicker."""

import sqlalchemy as sa

from app.papers.models import PaperTemplate
from app.papers.operations import add_template
from tests.papers.test_templates import put, word


def test_the_second_of_two_first_templates_is_told(world, kind):
    """SQLite lets one write at a time; on PostgreSQL there is no row yet that the second could wait for."""
    together, done = kind == "postgresql", []

    def quicker(session=None, *_context):
        if not done and (session is None or any(isinstance(row, PaperTemplate) for row in session.new)):
            done.append(True)
            with world.session_of("admin") as other:
                add_template(other, world.hats["admin"], "letter", None, "快一步", world.day)

    head = world.as_("office_head")
    if together:
        sa.event.listen(sa.orm.Session, "before_flush", quicker)
    else:
        quicker()
    answer = put(head, word("{{ title }}乙"))
    if together:
        sa.event.remove(sa.orm.Session, "before_flush", quicker)
    assert answer.status_code == 302 and done
    page = head.get("/papers/letter").text
    assert "快一步" in page
    assert ("已被他人处理" in page) == together and ("我县的函.docx" in page) != together
