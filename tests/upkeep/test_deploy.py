"""What docs/deploy shows is taken by the very tools it is for (issue 3 §6)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import CHOSEN_BY_US

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "docs" / "deploy"
IN_CI = os.environ.get("CI") == "true"


def tool(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None and not IN_CI:
        pytest.skip(f"no {name} on this machine")
    assert found, f"CI installs {name} (.ci/run)"
    return found


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, command)], capture_output=True, encoding="utf-8", **options)


def test_systemd_takes_the_unit(tmp_path):
    """But for the account and the program, which this machine has not."""
    analyze = tool("systemd-analyze")
    text = (DEPLOY / "zhualuoshi.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/zhualuoshi/.venv/bin/flask serve" in text
    text = re.sub("/opt/zhualuoshi/.venv/bin/flask serve", "/bin/true", text)
    text = re.sub("^(User|Group)=zhualuoshi$", r"\1=root", text, flags=re.M)
    unit = tmp_path / "zhualuoshi.service"
    unit.write_text(text, encoding="utf-8")
    done = run(analyze, "verify", "--man=no", unit)
    assert done.returncode == 0 and "Unknown" not in done.stderr, done.stderr


def test_nginx_takes_the_example(tmp_path):
    nginx, openssl = tool("nginx"), tool("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test",
               "-keyout", key, "-out", certificate)
    assert made.returncode == 0, made.stderr
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in (("/etc/nginx/zhualuoshi.pem", certificate), ("/etc/nginx/zhualuoshi.key", key),
                         ("/var/log/nginx", tmp_path)):
        assert ours in text
        text = text.replace(ours, str(theirs))
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}}"
                                         f" http {{ include {tmp_path}/site.conf; }}")
    done = run(nginx, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert done.returncode == 0, done.stderr


def test_nginx_lets_pass_what_the_product_takes():
    from config import Base

    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert f"client_max_body_size {Base.MAX_CONTENT_LENGTH >> 20}m;" in text
    logged = re.search(r"log_format zhualuoshi '(.*)'", text)[1]
    assert not {"$request ", "$args", "$request_uri", "$http_referer"} & set(logged.split()), "queries hold names"


@pytest.mark.parametrize("script", ["zhualuoshi", "install.sh"])
def test_the_scripts_are_scripts(script):
    assert run("sh", "-n", DEPLOY / script).returncode == 0
    assert os.access(DEPLOY / script, os.X_OK)


def test_the_page_names_the_files_that_are_there():
    told = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for path in DEPLOY.iterdir():
        assert path.name == "README.md" or path.name in told, path.name


def test_the_wrapper_s_relative_names_are_the_caller_s(tmp_path):
    """The command as it is installed, but for where the program lies and under which account it runs."""
    here, text = tmp_path / "elsewhere", (DEPLOY / "zhualuoshi").read_text(encoding="utf-8")
    here.mkdir()
    for ours, theirs in (("/opt/zhualuoshi/.venv/bin", Path(sys.executable).parent), ("/opt/zhualuoshi", ROOT),
                         ("= zhualuoshi ]", f"= {run('id', '-un').stdout.strip()} ]"),
                         ("/var/lib/zhualuoshi", tmp_path / "data"), ("/etc/zhualuoshi.env", tmp_path / "env")):
        assert ours in text
        text = text.replace(ours, str(theirs))
    (tmp_path / "command").write_text(text, encoding="utf-8")
    told = "COUNTY=试验县\nADMIN_USERNAME=guanli\nADMIN_PASSWORD=Bendi-2026-Shi\n"
    (tmp_path / "env").write_text(told, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name not in CHOSEN_BY_US}
    for arguments in (("init",), ("backup", "手动备份.tar")):
        done = run("sh", tmp_path / "command", *arguments, cwd=here, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in here.iterdir()] == ["手动备份.tar"]
