-- Follow-ups of one resolution share their time; people read them in the order in which they were promised.
alter table follow_ups add column position int not null default 0;
