-- The sources of calls that are not configured: their calls are read with the default settings. Without any configured source there are none.
select source, calls
from unconfigured_sources_of()
order by source;
