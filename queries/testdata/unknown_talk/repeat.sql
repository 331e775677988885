-- The same customer called in all five: of u1 and u4 no talk is known, of all five together 40 s of u2 and 40 s of u5.
with unknown as (from calls where call_sid in ('u1', 'u4'))
select 'unknown' as set, incoming, answered_in, talk_seconds from repeat_callers(unknown)
union all
select 'all', incoming, answered_in, talk_seconds from repeat_callers(calls);
