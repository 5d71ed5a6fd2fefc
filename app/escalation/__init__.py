"""Escalation (升级建议): the rules that turn facts into proposed measures; a person confirms (handbook 4).

A rule (`rules/`) finds by one set-based query, as of a day, and proposes: chase, letter, interview. 待处理 open →
已采纳 accepted, 已推迟 postponed, 不采纳 dismissed; 已消除 cured when the facts are gone, 已加重 superseded when worse
ones came. The sweep (`sweep.py`) runs daily and by `flask escalate`; the ladder (`unit_ladder.py`) is a unit's road.
"""
