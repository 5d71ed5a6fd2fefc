#!/bin/sh
# 在没有网络的机器上安装：先核对安装包里的每个文件，再用包里的依赖建立运行环境。不改动本文件夹以外的任何地方。
set -eu
cd "$(dirname "$0")"
command -v python3 >/dev/null 2>&1 || { echo "本机没有 python3，请先安装 Python 3.11 或更高版本。" >&2; exit 1; }
echo "正在核对安装包……"
sha256sum --check --quiet --strict SHA256SUMS || { echo "安装包不完整或被改动，请重新拷贝。" >&2; exit 1; }
exec python3 app/bootstrap.py install
