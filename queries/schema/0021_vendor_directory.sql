-- The directories of vendors: what each sync found new or gone.
create table vendor_directory (
    source      varchar not null,
    kind        varchar not null,          -- agent, group or number
    entry_id    varchar not null,
    name        varchar,
    number      varchar,
    number_id   varchar,
    fetched_at  timestamptz not null,
    previous_at timestamptz,               -- when the sync before fetched it
    is_listed   boolean not null
);
alter table settings add column directory_fingerprint varchar; -- of vendor_directory

-- What follows from them is in the tables of the configured names and groups, with the source whose vendor lists it.
alter table agent_directory add column source varchar;
alter table number_groups add column valid_from date;
alter table number_groups add column valid_to date;
alter table number_groups add column source varchar;
