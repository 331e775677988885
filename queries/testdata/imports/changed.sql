-- Since the end of the 20th: the correction of i3 and the correction back, in one change that leaves coins as they were, and i5, whose
-- older export changed nothing. As of the 21st at noon i3 had 2 coins. As of the 10th only the webhooks were known.
select
    (select count(*) from restated('2026-10-05', '2026-10-05', p_since := '2026-10-21 00:00:00+05:30')) as restated,
    (select string_agg(field || ' ' || old || ' to ' || new) from restated('2026-10-05', '2026-10-05', p_since := '2026-10-21 12:00:00+05:30')) as since_noon,
    (select sum(deliveries) from versions_as_of('2026-10-10 00:00:00+05:30'::timestamptz)) as deliveries_on_the_10th,
    (select count(*) from changed_since('2026-10-21 00:00:00+05:30'::timestamptz)) as changed;
