"""Letters (提醒函、提示函、督办函), 四: the first of the measures.

The county office, a township or a department drafts one for one of six situations, a second person checks it, the
head signs; the number is given at signing, and it is served on every recipient by a delivery of its own
(app/deliveries). 起草 draft → 核稿 checking → 待签发 signing → 已发 issued → 办理中 in_hand → 办结 closed; 撤回
withdrawn before anybody has signed for it, afterwards 作废 void, the number kept. From `issued` on the state follows
from its deliveries.
"""
