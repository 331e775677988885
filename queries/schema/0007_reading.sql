-- Keeps the direction as sent, since the settings of a source can give its words a meaning, and adds those settings.
alter table call_versions add column sent_direction varchar;
alter table live_events add column sent_direction varchar;
update call_versions set sent_direction = case direction when 'incoming' then 'IVR' when 'outgoing' then 'WEBOBD' end;
update live_events set sent_direction = case direction when 'incoming' then 'IVR' when 'outgoing' then 'WEBOBD' end;

alter table sources add column date_order varchar;          -- dmy or mdy
alter table sources add column nothing_values varchar[];    -- texts that stand for nothing, in upper case; NULL without any

create table status_words (
    source  varchar not null,
    word    varchar not null,              -- in upper case, letters and digits only
    outcome varchar not null
);

create table direction_words (
    source    varchar not null,
    word      varchar not null,            -- in upper case, letters and digits only
    direction varchar not null             -- incoming or outgoing
);
