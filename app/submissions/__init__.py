"""Ledger submissions (台账报送), 一（三）: each unit submits each of its ledgers every month.

A unit owes a ledger by a dated flag (`Duty`). Its clerk freezes the month, or says that there is nothing (零报告);
its reviewer approves or returns; the county office sees who has not, chases, and may send back. 未报 owed → 已报
submitted → 已审 approved; 退回 returned; 免报 excused. 逾期 is computed, never a state.
"""
