-- When and why figures were recomputed from the stored reports, other than for new deliveries; newest first.
select recomputed_at, reason
from recomputations
order by recomputed_at desc, reason;
