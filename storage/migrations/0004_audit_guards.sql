-- What is written in the trail stays written, whoever is logged in: only what the realm's own retention has let go may be
-- deleted, by this clock and no client's; and nobody chooses the transaction an event counts under.
CREATE POLICY retention ON tessera.audit_events AS RESTRICTIVE FOR DELETE TO tessera_system USING (
    EXISTS (SELECT FROM tessera.projects p
            WHERE p.project_id = audit_events.project_id AND p.audit_retention_days > 0
              AND audit_events.occurred < now() - make_interval(days => p.audit_retention_days)));
CREATE POLICY retention ON tessera.audit_positions AS RESTRICTIVE FOR DELETE TO tessera_system USING (
    EXISTS (SELECT FROM tessera.projects p JOIN tessera.audit_events e USING (project_id)
            WHERE p.project_id = audit_positions.project_id AND e.event_id = audit_positions.event_id
              AND p.audit_retention_days > 0
              AND e.occurred < now() - make_interval(days => p.audit_retention_days)));

REVOKE INSERT ON tessera.audit_events FROM tessera_app, tessera_system, tessera_audit;
DO $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = 'tessera.audit_events'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'writer_xid';
    EXECUTE format('GRANT INSERT (%s) ON tessera.audit_events TO tessera_app, tessera_system, tessera_audit', columns);
END $$;
