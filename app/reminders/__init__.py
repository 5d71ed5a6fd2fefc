"""Reminders (提醒消息): who must act is told in time, in the product and, once configured, outside of it.

T-10, T-3, T, then every three working days to whoever's turn it is; overdue, to the head of the unit as well (附录B).
A notice is a fact of the day on which it came; the daily digest tells a unit's own numbers, never a title.
"""
