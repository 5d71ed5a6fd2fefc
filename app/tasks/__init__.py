"""重点工作任务清单 (一（一） 1.1.1, 附件1): what the office has to get done in a year, unit by unit.

A task is issued by one unit to one or many; each responsible unit answers for its own share (份), a case of its
own with its own deadline, receipt, progress, extension and sign-off. The task is done when all its shares are.
States of both: 草稿 → 待审核 → 已下达 → 推进中 → 申请办结 → 办结; 终止 ends either.
"""
