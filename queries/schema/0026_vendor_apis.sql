-- Which sources have vendor_api, so that a period needs the vendor's lists.
alter table sources add column vendor_api varchar;          -- its kind; NULL without one
