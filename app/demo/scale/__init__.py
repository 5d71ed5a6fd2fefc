"""A county at its full size, for `flask demo --hazards 1000000 --enterprises 20000`: how the product bears its history.

Three years of hazards as if their ledgers had been imported by the county office: 8 % open, a quarter of those
overdue, all of them among the newest 30 %. 县水务局 is a party to exactly 2 % of the hazards, so that one unit's
ledger has a size that can be told beforehand. Everything follows from the row's number and the day, so that both
databases hold the same.
"""
from app.demo.scale.loading import load

__all__ = ["load"]
