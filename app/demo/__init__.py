"""The demo county (演示县): invented persons, enterprises and a year of hazards, for `make run` on an empty folder."""
from app.demo.loading import load

__all__ = ["load"]
