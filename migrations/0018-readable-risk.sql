-- What is at risk names units as messages do, which may hold what PostgreSQL cannot read as JSON: an exception must not fail for it.
do $$ begin
  execute replace(pg_get_functiondef('tell_exception_changes()'::regprocedure), 'x.at_risk::json', 'readable(x.at_risk)');
end $$;
