-- Which rates are lower than usual by more than chance: two bad calls of five are not, where one of ten is usual, but three are; 80 % of 40
-- calls are not, where 90 % are usual, but 75 % are.
select bad, calls, usual, is_lower_rate(1 - bad / calls, calls, usual, usual_calls) as is_lower
from (values (2, 5, 0.9::double, 450), (3, 5, 0.9, 450), (8, 40, 0.9, 160), (10, 40, 0.9, 160), (0, 5, 0.9, 450)) as cases(bad, calls, usual, usual_calls)
order by calls, bad;
