-- Whether calls of the period may have changed since a given time (--since, or the end of the period); if not, restated has no rows.
select exists (
    from changed_calls($from, $to, coalesce($since::timestamptz, (select timezone(timezone, ($to::date + 1)::timestamp) from settings)))
) as is_restated;
