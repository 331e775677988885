-- A line that is rejected again was rejected when it was first.
update staged set rejected_at = stored.rejected_at
from rejects as stored
where stored.file = staged.file and stored.line = staged.line and stored.loader is not distinct from getvariable('loader');
