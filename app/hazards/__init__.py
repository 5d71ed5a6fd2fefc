"""Hazards (问题隐患整改清单), 一 清单管理机制, attachment 2.

Registered by who inspected (or self-reported), rectified by the rectifying unit, rechecked by another unit,
closed out. 登记 registered → 待整改 rectifying → 待复查 awaiting_recheck → 销号 closed; a failed recheck opens
the next round; aside: 撤销 cancelled, 合并 merged, 主体灭失 subject_gone.
"""
