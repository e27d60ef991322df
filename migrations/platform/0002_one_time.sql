-- A password that somebody else issued: good until then, for choosing one's own.
alter table credential add column expires_at {{instant}};
