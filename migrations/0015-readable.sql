-- Reads what the journal keeps as JSON where SQL has to look into it. A text in it may hold a NUL or half of a surrogate pair
-- (JSON writes them as \u0000 and \ud83d); PostgreSQL's operators refuse the whole document then, and with it every row of the
-- query. What cannot be shown is read as U+FFFD; the journal itself is left as it was written.
create function readable(data text) returns json language sql immutable parallel safe as $$
  select case when strpos(data, '\u') = 0 then data
    else regexp_replace(data, '\\u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\ufffd', 'g') end::json
$$;
