"""The demo county's texts as readable TSV: enterprises.tsv, hazards.tsv, tasks.tsv, scale.tsv. All invented."""
from __future__ import annotations

import csv
from pathlib import Path


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table beside this file, by column head."""
    with (Path(__file__).parent / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def words(table: str) -> dict[str, list[str]]:
    """Lists of words by name; within a list ｜ stands between them, and one may be empty."""
    return {row["list"]: row["words"].split("｜") for row in rows(table)}
