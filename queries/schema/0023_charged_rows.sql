-- What the rows of a vendor's list say of the charge of a call. vendor_calls is filled again with its new columns.
alter table vendor_calls add column failed_leg varchar;
alter table vendor_calls add column leg_a_reported boolean;
alter table vendor_calls add column leg_a_picked_at timestamptz;
alter table vendor_calls add column charged_coins decimal(18, 4); -- of all rows together
alter table vendor_calls add column list_phones bigint;           -- phones of agents that the rows name: several are legs, not charged twice

delete from vendor_calls;
delete from vendor_lists;
