"""台账进出: what every ledger's import and export share: reading cells, finding the record that a row is, the preview
with repair in place, confirming once, the form out, the commands. It knows no noun: a noun declares a `Ledger`.
"""
