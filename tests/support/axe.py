"""What axe-core finds wrong with a page for who cannot see it, cannot use a mouse, or sees little."""

from functools import cache
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "browser" / "vendor"
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations
  .filter(one => one.impact === "serious" || one.impact === "critical")
  .map(one => one.id + " (" + one.nodes.length + "): " +
    one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")))"""


@cache
def _source() -> str:
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


def violations(page) -> list[str]:
    """Serious and critical ones only. Evaluated from outside: the page's policy lets no script of another in."""
    page.wait_for_load_state("networkidle")
    page.evaluate(_source())
    return page.evaluate(RUN)
