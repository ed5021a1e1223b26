-- The audit log and the once-only values.
--
-- An event is inserted once and never changed. Its place in its project's log is made afterwards by one sequencer, in a table of
-- its own: a writer never waits for a counter, and the order is final once given.

CREATE TABLE tessera.audit_events (
    project_id      uuid NOT NULL,  -- the nil uuid: the appliance itself
    event_id        uuid NOT NULL,
    occurred        timestamptz NOT NULL,
    type            text COLLATE "C" NOT NULL,
    result          text COLLATE "C" NOT NULL,
    principal_kind  text COLLATE "C" NOT NULL,
    principal_id    text COLLATE "C" NOT NULL,
    act_chain       text COLLATE "C" NOT NULL,
    client_id       text COLLATE "C" NOT NULL,
    session_id      text COLLATE "C" NOT NULL,
    ip              text COLLATE "C" NOT NULL,
    user_agent      text COLLATE "C" NOT NULL,
    target_kind     text COLLATE "C" NOT NULL,
    target_id       text COLLATE "C" NOT NULL,
    authority       text COLLATE "C" NOT NULL,
    error_code      text COLLATE "C" NOT NULL,
    request_id      text COLLATE "C" NOT NULL,
    trace_id        text COLLATE "C" NOT NULL,
    body            text COLLATE "C" NOT NULL,
    writer_xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (project_id, event_id),
    CONSTRAINT audit_events_result_check CHECK (result IN ('success', 'refused', 'failed'))
);
-- For the sequencer; then one index a question that is asked often and whose answer is rare. Each costs every writer about
-- a microsecond, so a column with a few values (type, result) has none: such a page is found by walking the log.
CREATE INDEX audit_events_writer_xid_idx ON tessera.audit_events (writer_xid);
CREATE INDEX audit_events_occurred_idx ON tessera.audit_events (project_id, occurred);
CREATE INDEX audit_events_client_idx ON tessera.audit_events (project_id, client_id, event_id) WHERE client_id <> '';
CREATE INDEX audit_events_request_idx ON tessera.audit_events (project_id, request_id) WHERE request_id <> '';
CREATE INDEX audit_events_session_idx ON tessera.audit_events (project_id, session_id, event_id) WHERE session_id <> '';
CREATE INDEX audit_events_error_idx ON tessera.audit_events (project_id, error_code, event_id) WHERE error_code <> '';
-- A client that acts for itself is found by client_id.
CREATE INDEX audit_events_principal_idx ON tessera.audit_events (project_id, principal_id, event_id)
    WHERE principal_id <> '' AND principal_id <> client_id;

-- 1, 2, 3, … within each project, without a gap.
CREATE TABLE tessera.audit_positions (
    project_id  uuid NOT NULL,
    position    bigint NOT NULL,
    event_id    uuid NOT NULL,
    PRIMARY KEY (project_id, position),
    CONSTRAINT audit_positions_event_key UNIQUE (project_id, event_id)
);

CREATE TABLE tessera.audit_heads (
    project_id     uuid PRIMARY KEY,
    last_position  bigint NOT NULL
) WITH (fillfactor = 50);

-- One row: every event whose writing transaction is older has its position.
CREATE TABLE tessera.audit_sequencer (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    next_xid  xid8 NOT NULL
) WITH (fillfactor = 50);
INSERT INTO tessera.audit_sequencer (next_xid) VALUES (pg_current_xact_id());

-- Consumed by INSERT … ON CONFLICT DO NOTHING; the row count decides. The key has no expiry in it, so a value stays used
-- whatever lifetime its second use claims (docs/adr/0041-once-values-unpartitioned.md).
CREATE TABLE tessera.once_values (
    project_id  uuid NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    digest      bytea NOT NULL,
    expires     timestamptz NOT NULL,
    PRIMARY KEY (project_id, kind, digest),
    CONSTRAINT once_values_kind_check CHECK (kind ~ '^[a-z0-9_]{1,40}$'),
    CONSTRAINT once_values_digest_check CHECK (octet_length(digest) = 32)
);
CREATE INDEX once_values_expires_idx ON tessera.once_values (expires);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['audit_events', 'audit_positions', 'audit_heads', 'once_values'] LOOP
        EXECUTE format('ALTER TABLE tessera.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE tessera.%I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY realm ON tessera.%I USING (project_id = tessera.current_project())', tenant_table);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON tessera.audit_events TO tessera_app;
GRANT SELECT ON tessera.audit_positions, tessera.audit_sequencer TO tessera_app;
GRANT SELECT, INSERT ON tessera.once_values TO tessera_app;

CREATE POLICY audit ON tessera.audit_events FOR INSERT TO tessera_audit WITH CHECK (true);
CREATE POLICY audit ON tessera.once_values TO tessera_audit USING (true);
GRANT INSERT ON tessera.audit_events TO tessera_audit;
-- ON CONFLICT DO NOTHING … RETURNING needs to see the key columns it names.
GRANT INSERT, SELECT (project_id, kind, digest) ON tessera.once_values TO tessera_audit;

CREATE POLICY system ON tessera.audit_events TO tessera_system USING (true);
CREATE POLICY system ON tessera.audit_positions TO tessera_system USING (true);
CREATE POLICY system ON tessera.audit_heads TO tessera_system USING (true);
CREATE POLICY system ON tessera.once_values TO tessera_system USING (true);
GRANT SELECT, INSERT, DELETE ON tessera.audit_events TO tessera_system;
GRANT SELECT, INSERT, DELETE ON tessera.audit_positions TO tessera_system;
GRANT SELECT, INSERT, UPDATE ON tessera.audit_heads TO tessera_system;
GRANT SELECT, UPDATE ON tessera.audit_sequencer TO tessera_system;
GRANT SELECT, DELETE ON tessera.once_values TO tessera_system;
