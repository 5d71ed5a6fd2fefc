"""What a deployment may choose wrongly is told in one Chinese line, whatever the command (issue 3 §6)."""

import re
from pathlib import Path

import pytest

from tests.support.processes import flask

NOWHERE = Path("/proc/nothing")  # not even root makes a folder there


def one_chinese_line(done) -> str:
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert re.search(r"[\u4e00-\u9fff]", line) and not re.search(r"[A-Z][a-z]+ ", line), line
    return line


@pytest.mark.parametrize("port", ["abc", "0", "70000", "８０８０"])
def test_a_port_that_is_none_is_told(tmp_path, port):
    assert "PORT" in one_chinese_line(flask(tmp_path / "var", "serve", PORT=port))


@pytest.mark.parametrize("command", [("serve",), ("check",), ("backup", "one.tar")])
def test_a_data_folder_that_is_a_file_is_told(tmp_path, command):
    (tmp_path / "var").write_text("a file")
    assert "是文件" in one_chinese_line(flask(tmp_path / "var", *command))


@pytest.mark.parametrize("folder", [NOWHERE, NOWHERE.parent])
def test_a_data_folder_that_cannot_be_written_is_told(tmp_path, folder):
    assert str(folder) in one_chinese_line(flask(tmp_path / "var", "serve", DATA_DIR=str(folder)))
