-- What was left on the accounts of the vendors, read from the files in data_dir/vendor.
create table balances (
    source     varchar not null,
    fetched_at timestamptz not null,
    balance    decimal(18, 4) not null     -- in coins
);
