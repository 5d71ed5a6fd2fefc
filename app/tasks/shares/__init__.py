"""份: what one responsible unit owes of a task; a case of its own, whose head is the task.

签收 → 填报进展 → 申请办结 → 办结, by the unit; 核定, 退回, 延期, 改派, 免除 by the issuer. After each verb the task's
own state follows from its shares.
"""
