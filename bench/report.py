"""One table of ratios per database, and the machine that they were measured on; written to bench/results.md."""
from __future__ import annotations

import os
import platform
import re
import sqlite3
from pathlib import Path

import psycopg

from tests.support.databases import SERVER

ROWS = {
    "list": ("list, first page", "≤ 3.5"), "filter": ("unit + open + overdue", "≤ 2.5"), "deep": ("deep page", "≤ 4"),
    "search_common": ("keyword, common", "≤ 3.5"), "search_rare": ("keyword of two characters, rare", "< 1"),
    "edit_form": ("open form", "≤ 3"), "save": ("save, ours with history and lock", "≤ 4"),
    "export": ("export 20,000 rows", "≤ 1.3"), "import": ("import 5,000 rows, validated", "≤ 4"),
}


def table(measured: dict, reference: str = "bare") -> str:
    """`p50 ms (× bound)` of every peer; ours first, the bound beside it."""
    results, titles = measured["res"], measured["peers"]
    names = [name for name in ("ours", reference) if name in results]
    names += [name for name in results if name not in names]
    lines = [f"| | target | {' | '.join(titles.get(name, name) for name in names)} |", "|---" * (len(names) + 2) + "|"]
    for key, (words, target) in ROWS.items():
        if any(key in results[name] for name in names):
            bound = results.get(reference, {}).get(key, {}).get("p50")
            cells = [_cell(results[name].get(key), bound) for name in names]
            lines.append(f"| {words} | {target} | {' | '.join(cells)} |")
    bound = results.get(reference, {}).get("load", {}).get("rps")
    if any("load" in results[name] for name in names):
        cells = [_load(results[name].get("load"), bound) for name in names]
        lines.append(f"| 16 clients, mixed, requests/s | ≥ 0.25 | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: dict | None, bound: float | None) -> str:
    if not found or "error" in found:
        return "failed" if found else ""
    words = f"{found['p50'] * 1000:.0f}" + (f" (**{found['p50'] / bound:.1f}**)" if bound else "")
    if "rss_peak" in found:
        words += f", {found['rss_before']:.0f} → {found['rss_peak']:.0f} MB"
    return words


def _load(found: dict | None, bound: float | None) -> str:
    if not found:
        return ""
    errors = f", {found['errors']} errors" if found["errors"] else ""
    return f"{found['rps']:.0f}" + (f" (**{found['rps'] / bound:.2f}**)" if bound else "") + errors


def machine() -> str:
    """What the numbers depend on; no name and no path of it."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 1048576
    told = [f"{os.cpu_count()} × {cpu[1] if cpu else platform.machine()}", f"{memory:.0f} GB",
            f"load {os.getloadavg()[0]:.0f} at the end", f"Python {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}"]
    if SERVER:
        with psycopg.connect(SERVER) as connection:
            settings = {name: connection.execute(f"SHOW {name}").fetchone()[0]
                        for name in ("server_version", "shared_buffers", "work_mem", "random_page_cost")}
        told.append("PostgreSQL {server_version} (shared_buffers {shared_buffers}, work_mem {work_mem}, "
                    "random_page_cost {random_page_cost})".format(**settings))
    return ", ".join(told)
