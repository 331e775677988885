-- How many virtual numbers are or were shown in another spelling than their reports have.
select count(*) from respelled_numbers;
