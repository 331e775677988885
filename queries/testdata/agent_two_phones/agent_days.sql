-- The same by day, and in the two days together.
select 'days' as part, sum(talk_seconds)::bigint as talk_seconds from agent_days('2026-10-05', '2026-10-06')
union all
select 'groups', sum(talk_seconds)::bigint from group_agents('2026-10-05', '2026-10-06')
union all
select 'agents', sum(talk_seconds)::bigint from agents('2026-10-05', '2026-10-06')
union all
select 'busy', sum(busy_seconds)::bigint from agents('2026-10-05', '2026-10-06')
order by part;
