"""Closed by default: every address stands in routes.tsv, and answers each role as the table says."""

from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.jobs.health import beat

TABLE = Path(__file__).parent / "routes.tsv"
WEARERS = {  # role → a user of `world` who holds it
    "county_clerk": "office", "county_head": "office_head", "unit_clerk": "yingji", "unit_reviewer": "yingji_head",
    "enterprise": "firm", "leader": "leader", "auditor": "auditor", "administrator": "admin",
}
SAMPLES = {"<path:filename>": "look.css", "<verb_name>": "nonsense", "<dictionary>": "industry", "<key>": "nonsense"}
PUBLIC = "public"


def table() -> dict[tuple[str, str], set[str]]:
    """`{(route, method): roles, or {"public"}}`."""
    groups, found = {}, {}
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines:
        if line.startswith("="):
            name, members = line[1:].split("\t")
            groups[name] = set(members.split())
            continue
        route, methods, who = line.split("\t")
        for method in methods.split() if route != "route" else ():
            assert (route, method) not in found, f"{TABLE.name} says {route} {method} twice"
            found[route, method] = set().union(*(groups.get(word, {word}) for word in who.split()))
    return found


WHO = table()


def routes(app) -> set[tuple[str, str]]:
    return {
        (rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def address(route: str) -> str:
    """An address of the route; its record does not exist, so that who is let in finds 404."""
    for placeholder, value in SAMPLES.items():
        route = route.replace(placeholder, value)
    return "/".join("987654" if part.startswith("<int:") else part for part in route.split("/"))


@pytest.mark.one_database
def test_every_route_stands_in_the_table(app):
    new, gone = routes(app) - set(WHO), set(WHO) - routes(app)
    assert not new, f"say in tests/access/{TABLE.name} who may open: {sorted(new)}"
    assert not gone, f"no such address any more, take it out of tests/access/{TABLE.name}: {sorted(gone)}"


def test_the_table_names_roles():
    assert set().union(*WHO.values()) - {PUBLIC} == set(ROLES)
    assert set(WEARERS) == set(ROLES)


@pytest.mark.one_database
@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_in_where_the_table_says(world, role):
    wrong = []
    beat(world.app.config["DATA_DIR"])  # /healthz asks for a worker that lives
    for (route, method), who in WHO.items():
        if (route, method) not in routes(world.app) or route == "/logout/":
            continue  # the first test tells the one; the other would end the sessions of the rest
        visitor = world.as_(WEARERS[role])
        answer = visitor.get(address(route)) if method == "GET" else visitor.send(address(route))
        let_in = answer.status_code != 403
        if let_in is not bool(who & {PUBLIC, role}) or answer.status_code >= 500:
            wrong.append(f"{method} {route}: {answer.status_code}")
        answer.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.one_database
def test_who_is_not_logged_in_is_led_to_the_login(world, client):
    for (route, method), who in WHO.items():
        if (route, method) not in routes(world.app) or PUBLIC in who:
            continue
        answer = client.get(address(route)) if method == "GET" else client.send(address(route))
        assert answer.status_code == 302, f"{method} {route}: {answer.status_code}"
        assert answer.headers["Location"].startswith("/login/"), f"{method} {route}"


@pytest.mark.one_database
def test_a_post_that_has_ended_opens_nothing(world):
    """Who holds no post today is known, and finds no door."""
    from app.organization.models import Post

    with world.system() as session:
        for post in session.query(Post).filter_by(user_id=world.users["yingji"]):
            post.valid_to = world.day.replace(day=1)
        session.commit()
    visitor = world.as_("yingji")
    assert visitor.get("/").status_code == 200
    for path in ("/hazards/", "/hazards/new", "/hazards/export", "/directory/lookup", "/enterprises/"):
        assert visitor.get(path).status_code == 403, path


@pytest.mark.one_database
def test_somebody_elses_hat_is_not_worn(world):
    from app.organization.models import Post

    with world.system() as session:
        posts = {post.user_id: post.id for post in session.query(Post)}
    visitor = world.as_("yingji")
    for username in ("office", "beiliu", "other_yingji"):
        assert visitor.send("/hats/wear", {"post": posts[world.users[username]]}).status_code == 404
    assert world.as_("yingji").get("/people/").status_code == 403
    with visitor.session_transaction() as session:
        session["post_id"] = posts[world.users["office"]]
    hazard_id = world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    assert visitor.get(f"/hazards/{hazard_id}").status_code == 404
