"""From a bare machine to the running product: `python3 app/bootstrap.py run`.

Runs on the machine's own Python, before anything is installed, so it uses the standard library alone and
speaks Chinese without the catalogue.  It builds `.venv` from the lock (again only when the lock changes) and
then hands this very process over to the command asked for: signals reach the product itself.
"""

import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OLDEST = (3, 11)
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
WHEELS = ROOT / "wheels"  # in a bundle: everything the lock pins, so that no network is asked
FITTING = WHEELS / "PYTHONS"  # the Python versions these are for: "3.11 3.12"
PYTEST = ["python", "-m", "pytest", "-n", "auto", "--dist", "loadfile"]
USAGE = "用法：python3 app/bootstrap.py run | install | test [pytest 参数] | exec 命令 [参数]"
NEXT = """安装完成。接下来（详见 docs/deploy/README.md）：
  先看演示    python3 app/bootstrap.py run
  建县        DATA_DIR=/var/lib/zhualuoshi .venv/bin/flask init
  启动        DATA_DIR=/var/lib/zhualuoshi .venv/bin/flask serve
  开机自启    按 docs/deploy/README.md 安装 zhualuoshi.service
  恢复备份    DATA_DIR=/var/lib/zhualuoshi .venv/bin/flask restore 备份文件"""


class Obstacle(Exception):
    """Why the product cannot start; its text is the one line that the user reads."""


def main(arguments):
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command not in ("run", "install", "test", "exec"):
        raise Obstacle(USAGE)
    use_new_enough_python()
    if command == "install":
        ensure_environment(RUN_LOCK)
        print(NEXT)
        return
    if command == "run":
        refuse_taken_port(port())
        refuse_closed_folder(Path(os.environ.get("DATA_DIR") or ROOT / "var"))
        ensure_environment(RUN_LOCK)
        hand_over("python", "-m", "flask", "serve", "--demo")
    ensure_environment(TEST_LOCK)
    hand_over(*(PYTEST if command == "test" else []), *rest)


def use_new_enough_python():
    """Go on under another Python of this machine when `python3` itself is too old, or not one the wheels are for."""
    if fits(sys.version_info[:2]):
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and fits((3, minor)) and works(newer):
            os.execv(newer, [newer, __file__, *sys.argv[1:]])
    own = sys.version.split()[0]
    if sys.version_info >= OLDEST:
        raise Obstacle(f"安装包里的依赖适用于 Python {FITTING.read_text().strip()}，本机为 {own}；请换一个安装包。")
    raise Obstacle(f"需要 Python 3.11 或更高版本，本机为 {own}；请先安装新版本。")


def fits(version):
    """Whether the product runs under a Python, and the bundle's wheels, if there are any, are for it."""
    return version >= OLDEST and (not FITTING.exists() or "{}.{}".format(*version) in FITTING.read_text().split())


def works(python):
    """A version manager's stand-in may be there without the Python that it stands for."""
    return subprocess.call([python, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def port():
    text = os.environ.get("PORT") or "8080"
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise Obstacle(f"环境变量 PORT 应为 1—65535 的端口号，现为“{text}”。")
    return int(text)


def refuse_taken_port(number):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", number))
        except PermissionError:
            raise Obstacle(f"没有权限使用端口 {number}；请换一个 1024 以上的端口，例如 PORT=8090 make run。") from None
        except OSError:
            raise Obstacle(f"端口 {number} 已被占用；请换一个端口，例如 PORT={number + 1} make run。") from None


def refuse_closed_folder(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise Obstacle(f"无法建立数据文件夹 {folder}：{fault.strerror}；可用 DATA_DIR 另指一处。") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Obstacle(f"没有权限写入数据文件夹 {folder}；可用 DATA_DIR 另指一处。")


def ensure_environment(lock):
    """Make `.venv` hold exactly what `lock` pins; a stamp tells that it already does."""
    stamp = VENV / f".{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if (BIN / "python").exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print("正在准备运行环境（仅首次或依赖更新后需要，约一分钟）……", flush=True)
    if not has_pip():
        create_environment()
    install = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if WHEELS.is_dir():  # whatever the machine's pip is told, it asks nobody
        install += ["--isolated", "--no-index", "--find-links", WHEELS]
    done = subprocess.run([*install, "--require-hashes", "--requirement", lock], capture_output=True, text=True)
    if done.returncode:
        advice = "安装包可能不完整" if WHEELS.is_dir() else "请检查网络或 pip 镜像设置后重试"
        raise Obstacle(f"依赖安装失败，{advice}：{last_line(done.stderr)}")
    stamp.write_text(wanted)


def has_pip():
    """Whether the environment is whole: an interrupted creation leaves a Python without pip."""
    python = BIN / "python"
    return python.exists() and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def create_environment():
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise Obstacle("本机 Python 缺少 venv 模块，请先安装（Debian/Ubuntu：apt install python3-venv）后重试。")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if done.returncode:
        raise Obstacle(f"无法建立运行环境 {VENV}：{last_line(done.stderr or done.stdout)}")


def last_line(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "原因不明")


def hand_over(program, *arguments):
    """Become `program` of the environment; never returns."""
    os.chdir(ROOT)
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    os.execve(BIN / program, [program, *arguments], environment)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        main(sys.argv[1:])
    except Obstacle as obstacle:
        sys.exit(str(obstacle))
    except KeyboardInterrupt:
        sys.exit("已取消。")
