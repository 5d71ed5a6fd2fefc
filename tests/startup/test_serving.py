"""Web server and worker start together, end together, and keep to their data folder (issue 2 §1)."""

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.support.processes import Running, alive, flask, gone, signs_in

pytestmark = pytest.mark.one_database
LOADING = "载入演示县"
ACCOUNTS = {
    "anban", "anban_head", "fengcheng", "fengcheng_head", "beiliu", "beiliu_head", "yingji", "yingji_head", "zhujian",
    "zhujian_head", "qiye", "leader", "auditor", "admin",
}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first start in an empty folder, stopped again: (folder, what it printed)."""
    data = tmp_path_factory.mktemp("first") / "var"
    with Running(data, "--demo") as product:
        code, _ = product.end(signal.SIGINT)
    assert code == 0
    return data, product.output


@pytest.fixture
def county(first, tmp_path):
    """A copy of the demo folder after its first start."""
    return shutil.copytree(first[0], tmp_path / "var")


def password(data: Path) -> str:
    return (data / "demo_password").read_text()


def rows(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "zhualuoshi.db") as connection:
        # SQLite's own tables hold statistics, which the worker renews; those of the words' index pairs: no records
        tables = [name for (name,) in connection.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            " and name not like 'case_grams%'"
        )]
        counts = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
    connection.close()
    return counts


def test_the_first_start_names_address_and_accounts(first):
    data, output = first
    assert re.search(r"http://127\.0\.0\.1:\d+/", output)
    assert password(data) in output
    assert {line.split()[0] for line in output.splitlines() if line.startswith("  ")} == ACCOUNTS


def test_the_second_start_loads_nothing(first, county):
    """How quick it is stands in bench/results.md: a busy machine is no fault of the product."""
    before = rows(county)
    with Running(county, "--demo") as product:
        assert LOADING in first[1] and LOADING not in product.output
        assert all(signs_in(product.url, name, password(county)) for name in ("anban", "qiye", "admin"))
        product.end()
    after = rows(county)
    # logins, what the worker asks for, and the files of papers that it makes
    chores = {"timeline_entries", "audit_blocks", "sealed_entries", "jobs", "attachments"}
    assert {k: v for k, v in after.items() if k not in chores} == {k: v for k, v in before.items() if k not in chores}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_both_and_leaves_nothing(county, number):
    with Running(county, "--demo") as product:
        family = product.family()
        code, rest = product.end(number)
    assert code == 0 and "停止" in rest
    assert gone(family)


def test_a_killed_supervisor_takes_its_children_along(county):
    with Running(county, "--demo") as product:
        family = product.family()
        product.process.kill()
        assert gone(family)


@pytest.mark.parametrize("which", [1, 2], ids=["web", "worker"])
def test_when_one_dies_the_other_goes_too(county, which):
    with Running(county, "--demo") as product:
        family = product.family()
        os.kill(family[which], signal.SIGKILL)
        assert gone(family, 25)
        rest, _ = product.process.communicate()
    assert product.process.returncode == 1 and "logs" in rest


def test_nothing_is_written_elsewhere(county):
    with Running(county, "--demo") as product:
        assert signs_in(product.url, "anban", password(county))
        opened = {path for pid in product.family() if alive(pid) for path in written_files(pid)}
        product.end()
    assert opened
    assert all(path.is_relative_to(county) for path in opened), opened
    left = [path for name in ("home", "tmp") for path in (county.parent / name).rglob("*")]
    assert left == []


def written_files(pid: int) -> set[Path]:
    """Regular files that a process holds open for writing."""
    found = set()
    for entry in Path(f"/proc/{pid}/fdinfo").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            target = Path(f"/proc/{pid}/fd/{entry.name}").readlink()
            flags = int(re.search(r"flags:\s+(\d+)", entry.read_text())[1], 8)
            if flags & (os.O_WRONLY | os.O_RDWR) and target.is_file():
                found.add(target)
    return found


def test_secrets_are_readable_by_their_owner_only(first):
    data, _ = first
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for name in ("secret_key", "demo_password"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600


def test_the_password_may_be_chosen_later(county):
    with Running(county, "--demo", DEMO_PASSWORD="Another-42") as product:
        assert "Another-42" in product.output
        assert signs_in(product.url, "fengcheng", "Another-42")


def test_a_taken_port_is_told(county):
    with Running(county, "--demo") as product:
        done = flask(county, "serve", "--demo", PORT=str(product.port))
    assert done.returncode == 1
    assert str(product.port) in done.stderr and "占用" in done.stderr
