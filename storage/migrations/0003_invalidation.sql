-- Fronts keep records in memory; a change is told to them at once: "<kind> <project uuid> <row>".

CREATE FUNCTION tessera.notify_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tessera_changed', 'project ' || NEW.project_id || ' ' || NEW.slug);
    RETURN NULL;
END $$;

-- TG_ARGV: the kind and the column that names the row.
CREATE FUNCTION tessera.notify_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    PERFORM pg_notify('tessera_changed', TG_ARGV[0] || ' ' || (changed ->> 'project_id') || ' ' || (changed ->> TG_ARGV[1]));
    RETURN NULL;
END $$;

CREATE TRIGGER notify AFTER INSERT OR UPDATE ON tessera.projects
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_project();
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON tessera.resources
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('resource', 'resource_id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON tessera.resource_scopes
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('resource', 'resource_id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON tessera.clients
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');
-- Not when a secret is merely used.
CREATE TRIGGER notify AFTER INSERT OR UPDATE OF expire_time OR DELETE ON tessera.client_secrets
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON tessera.client_access
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');
CREATE TRIGGER notify AFTER INSERT OR UPDATE OR DELETE ON tessera.client_access_scopes
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');
