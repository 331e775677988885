-- The settings that metrics depend on.
select timezone, short_abandon_seconds, service_level_target_seconds, recovery_window_seconds, exclude_out_of_hours, has_business_hours,
    exists (from sources where vendor_api is not null) as has_vendor_api
from settings;
