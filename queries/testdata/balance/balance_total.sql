-- The sums of balance_weekdays: 156 and 1 day of 4 of third; 153 and 4. 1 November is a Sunday.
select coins_last_7_days, coins_average_28_days, note from balance_total()
