-- Names are learned from all calls, not from those asked for: a2 alone is Asha Rao's.
with slice as (from calls where call_sid = 'a2')
select agent, rang from ring_counts(['agent'], slice);
