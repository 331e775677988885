-- How many calls a figure must rest on to say something: heat maps paint no cell with fewer, findings and staffing name no rate of fewer.
create or replace macro few_calls() as 5;
