-- Adds the row of `loads` for a batch; totals.sql has its counts.
insert into loads by name
select
    coalesce((select max(load_id) from loads), 0) + 1 as load_id,
    $started_at::timestamptz as started_at, $finished_at::timestamptz as finished_at,
    $files::bigint as files, $bytes::bigint as bytes, $lines::bigint as lines, $reports::bigint as reports,
    $live_events::bigint as live_events, $other_events::bigint as other_events, $rejects::bigint as rejects,
    $blank::bigint as blank, $last_received_at::timestamptz as last_received_at;
