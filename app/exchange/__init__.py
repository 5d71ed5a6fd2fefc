"""Spreadsheets in and out. Knows no noun: a noun hands it a description of its form (``sheets.Sheet``).

Out: ``excel_out.write``. In: ``excel_in.read_tables``, then the parsers of ``cells`` with the unit names of
``names``; ``marks.mark_faults`` gives the user's own file back with what could not be understood in red.
"""
