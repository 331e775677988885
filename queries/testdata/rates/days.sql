-- A day without calls has missed none. The day alone has the same rate as within two days, although a2 was followed on the next.
select local_day, missed, missed_out_of_hours, round(repeat_24h_rate, 4) as repeat_24h_rate from days('2026-10-05', '2026-10-07');
