"""The tests' own plumbing keeps its promises."""

import socket

import pytest
import sqlalchemy as sa
from flask import render_template_string
from jinja2 import UndefinedError

from app.extensions import db
from tests.support.network import NetworkForbidden


@pytest.mark.one_database
@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", "10.0.0.1"])
def test_other_machines_are_out_of_reach(host, kind):
    with pytest.raises(NetworkForbidden):
        socket.create_connection((host, 80), timeout=1)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_from_the_same_rows(app, turn):
    with app.app_context():
        assert db.session.execute(sa.text("select count(*) from ab_role")).scalar_one() == 0
        db.session.execute(sa.text("insert into ab_role (id, name) values (1, 'left behind')"))
        db.session.commit()


def test_a_page_is_answered(client):
    assert client.get("/login/").status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["{{ misspelt }}", "{{ g.misspelt }}", "{% for one in misspelt %}{% endfor %}"])
def test_a_page_that_shows_what_nobody_gave_it_fails(app, text):
    with app.test_request_context():
        assert render_template_string("{% if optional %}{{ optional }}{% endif %}{{ optional or 1 }}") == "1"
        with pytest.raises(UndefinedError):
            render_template_string(text)


def test_a_page_is_drawn(page):
    page.goto("/login/")
    assert page.locator("input[name=username]").is_visible()
