-- The settings that metrics depend on.
select timezone, short_abandon_seconds, service_level_target_seconds, recovery_window_seconds
from settings;
