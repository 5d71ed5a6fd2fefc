"""The first minute on a bare machine: what is missing is told in one Chinese line."""

import importlib.util
import os
import re
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.support.processes import free_port

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "app" / "bootstrap.py"
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]

spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
bootstrap = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bootstrap)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, encoding="utf-8", env={**os.environ, **environment}
    )


def one_chinese_line(done) -> str:
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert re.search(r"[\u4e00-\u9fff]", line)
    return line


def test_it_stands_on_the_standard_library_alone():
    imported = re.findall(r"^(?:from|import) (\w+)", SCRIPT.read_text(encoding="utf-8"), re.M)
    assert set(imported) <= sys.stdlib_module_names


def test_a_taken_port_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"端口 {port} 已被占用" in one_chinese_line(run("run", PORT=str(port)))


@pytest.mark.parametrize("port", ["web", "0", "70000"])
def test_a_port_that_is_none_is_told(port):
    assert "PORT" in one_chinese_line(run("run", PORT=port))


def test_a_data_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").touch()
    assert "数据文件夹" in one_chinese_line(run("run", PORT=str(free_port()), DATA_DIR=str(tmp_path / "file" / "var")))


def test_the_console_speaks_chinese_under_an_ascii_locale():
    assert one_chinese_line(run("run", PORT="x", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"))


def test_an_unknown_command_shows_the_usage():
    assert "用法" in one_chinese_line(run("fly"))


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_told(missing, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    with pytest.raises(bootstrap.Obstacle, match="缺少 venv 模块"):
        bootstrap.create_environment()


def test_an_old_python_looks_for_a_newer_one(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(bootstrap, "works", lambda python: "3.12" in python)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/bin/{name}")

    def become(program, arguments):
        raise SystemExit(program)

    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit, match=r"/bin/python3\.12"):
        bootstrap.use_new_enough_python()


def test_an_old_python_alone_is_told(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.Obstacle, match="需要 Python"):
        bootstrap.use_new_enough_python()


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A place for environments of its own, with a lock that needs no index; returns the lock."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "BIN", tmp_path / ".venv" / "bin")
    lock = tmp_path / "requirements.lock"
    lock.write_text("# nothing\n")
    return lock


def test_the_environment_is_built_once_and_again_when_the_lock_changes(workshop, monkeypatch):
    bootstrap.ensure_environment(workshop)
    assert subprocess.run([bootstrap.BIN / "python", "-m", "pip", "--version"], capture_output=True).returncode == 0
    calls = []
    real = subprocess.run
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: calls.append(a) or real(*a, **k))
    bootstrap.ensure_environment(workshop)
    assert calls == []
    workshop.write_text("# still nothing\n")
    bootstrap.ensure_environment(workshop)
    assert any("install" in map(str, call[0]) for call in calls)


def test_an_interrupted_environment_is_made_again(workshop):
    bootstrap.BIN.mkdir(parents=True)
    (bootstrap.BIN / "python").symlink_to("/nowhere/python")
    bootstrap.ensure_environment(workshop)
    assert bootstrap.has_pip()


def test_what_cannot_be_installed_is_told_and_tried_again_next_time(workshop, monkeypatch):
    workshop.write_text(f"no-such-package @ file://{workshop.parent}/nowhere.whl --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        with pytest.raises(bootstrap.Obstacle, match="依赖安装失败"):
            bootstrap.ensure_environment(workshop)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_everything_by_hash_and_names_no_host(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text and "index" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[\w.\[\]-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)


def test_the_tests_run_on_what_is_locked():
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)", LOCKS[1].read_text(), re.M))
    installed = {name: installed_version(name) for name in pinned}
    assert {n: v for n, v in installed.items() if v} == {n: v for n, v in pinned.items() if installed[n]}


def installed_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None  # a package for another system


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"], project["dependencies"] + project["optional-dependencies"]["test"]
    for lock, requirements in zip(LOCKS, wanted, strict=True):
        names = {match.lower() for match in re.findall(r"^([\w.-]+)", lock.read_text(), re.M)}
        assert {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements} <= names
