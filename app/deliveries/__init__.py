"""Delivery (送达、签收), the room of every measure: letters today, interviews, cards and listed hazards next.

A measure (the head) is served on each recipient by a delivery of its own: signed for, a plan filed, the result
reported, accepted or sent back. Deadlines run per recipient from the day it signed (domain handbook 2.3). 待签收
served → 办理中 in_hand → 已报方案 planned → 已报结果 reported → 办结 closed; 退回补报 returned; 撤回 withdrawn,
作废 void. The room knows no measure: it follows its head through `measures.py`.
"""
