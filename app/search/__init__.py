"""Search over all ledgers (检索): by number, word, unit or person, from the box on every page.

Knows no noun: what can be found of a case is its noun's to declare (`app.casework.texts`).
"""
