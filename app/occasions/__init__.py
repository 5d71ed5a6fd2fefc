"""Occasions (情形记录), 四（二）1、3、6: what a letter may rest on and no ledger holds.

A leader's instruction (批示) with its scan, an accident elsewhere, a weather warning with kind and level: recorded by
the county office, a township or a department. 待落实 open → 已落实 answered; 撤销 cancelled.
"""
