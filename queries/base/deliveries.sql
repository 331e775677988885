-- Which of several equal deliveries dates a report, as its time and id: the first that the collector received, since later ones are retries; or
-- the newest export that has it, since an export says what counts when it is made.
create or replace macro counting_delivery(p_reported_at, p_id, p_imported) as
    greatest(min({reported_at: p_reported_at, id: coalesce(p_id, '')}) filter (where not p_imported),
             max({reported_at: p_reported_at, id: coalesce(p_id, '')}) filter (where p_imported));
