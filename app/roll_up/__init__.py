"""Roll-up (统计汇总), 一（三）: hazards of a month and from January on, by industry, township and inspecting unit.

Counted from the ledger itself, as it stood on the last day of the month, as known when the month was submitted:
nothing is typed in, and every figure opens the rows that it counts.
"""
