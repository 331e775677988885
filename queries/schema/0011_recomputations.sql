-- When and why figures were computed again from the stored reports, other than for new deliveries.
create table recomputations (
    recomputed_at timestamptz not null,
    reason        varchar not null
);

alter table settings add column definitions_fingerprint varchar; -- of the SQL that computes figures, without the user's own queries
