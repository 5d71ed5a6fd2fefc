"""What every case shares, whatever its mechanism.

cases.py the two tables that carry every noun · verbs.py what may be done, declared once per noun ·
unit_of_work.py one transaction per verb · history.py the append-only timeline and its seals ·
requests.py asked by one, decided by another · deadlines.py · numbering.py · attachments.py
"""
