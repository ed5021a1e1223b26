--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: tessera; Type: SCHEMA; Schema: -; Owner: tessera_owner
--

CREATE SCHEMA tessera;


ALTER SCHEMA tessera OWNER TO tessera_owner;

--
-- Name: current_project(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.current_project() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('tessera.project_id'::text, true), ''::text))::uuid;


ALTER FUNCTION tessera.current_project() OWNER TO tessera_owner;

--
-- Name: notify_project(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.notify_project() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('tessera_changed', 'project ' || NEW.project_id || ' ' || NEW.slug);
    RETURN NULL;
END $$;


ALTER FUNCTION tessera.notify_project() OWNER TO tessera_owner;

--
-- Name: notify_row(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.notify_row() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    PERFORM pg_notify('tessera_changed', TG_ARGV[0] || ' ' || (changed ->> 'project_id') || ' ' || (changed ->> TG_ARGV[1]));
    RETURN NULL;
END $$;


ALTER FUNCTION tessera.notify_row() OWNER TO tessera_owner;

--
-- Name: place_client_secret(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.place_client_secret() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM tessera.clients WHERE project_id = NEW.project_id AND client_id = NEW.client_id FOR NO KEY UPDATE;
    DELETE FROM tessera.client_secrets
        WHERE project_id = NEW.project_id AND client_id = NEW.client_id AND expire_time <= clock_timestamp();
    NEW.place := (SELECT min(free) FROM generate_series(1, 2) AS free WHERE NOT EXISTS (
        SELECT FROM tessera.client_secrets
        WHERE project_id = NEW.project_id AND client_id = NEW.client_id AND place = free));
    IF NEW.place IS NULL THEN
        RAISE EXCEPTION 'the client has two live secrets' USING ERRCODE = 'unique_violation',
            SCHEMA = 'tessera', TABLE = 'client_secrets', CONSTRAINT = 'client_secrets_two_at_once';
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION tessera.place_client_secret() OWNER TO tessera_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: audit_events; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.audit_events (
    project_id uuid NOT NULL,
    event_id uuid NOT NULL,
    occurred timestamp with time zone NOT NULL,
    type text NOT NULL COLLATE pg_catalog."C",
    result text NOT NULL COLLATE pg_catalog."C",
    principal_kind text NOT NULL COLLATE pg_catalog."C",
    principal_id text NOT NULL COLLATE pg_catalog."C",
    act_chain text NOT NULL COLLATE pg_catalog."C",
    client_id text NOT NULL COLLATE pg_catalog."C",
    session_id text NOT NULL COLLATE pg_catalog."C",
    ip text NOT NULL COLLATE pg_catalog."C",
    user_agent text NOT NULL COLLATE pg_catalog."C",
    target_kind text NOT NULL COLLATE pg_catalog."C",
    target_id text NOT NULL COLLATE pg_catalog."C",
    authority text NOT NULL COLLATE pg_catalog."C",
    error_code text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    trace_id text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL COLLATE pg_catalog."C",
    writer_xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT audit_events_result_check CHECK ((result = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
);

ALTER TABLE ONLY tessera.audit_events FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.audit_events OWNER TO tessera_owner;

--
-- Name: audit_heads; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.audit_heads (
    project_id uuid NOT NULL,
    last_position bigint NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY tessera.audit_heads FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.audit_heads OWNER TO tessera_owner;

--
-- Name: audit_positions; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.audit_positions (
    project_id uuid NOT NULL,
    "position" bigint NOT NULL,
    event_id uuid NOT NULL
);

ALTER TABLE ONLY tessera.audit_positions FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.audit_positions OWNER TO tessera_owner;

--
-- Name: audit_sequencer; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.audit_sequencer (
    only_row boolean DEFAULT true NOT NULL,
    next_xid xid8 NOT NULL,
    CONSTRAINT audit_sequencer_only_row_check CHECK (only_row)
)
WITH (fillfactor='50');


ALTER TABLE tessera.audit_sequencer OWNER TO tessera_owner;

--
-- Name: client_access; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.client_access (
    project_id uuid NOT NULL,
    client_id uuid NOT NULL,
    resource_id uuid NOT NULL
);

ALTER TABLE ONLY tessera.client_access FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.client_access OWNER TO tessera_owner;

--
-- Name: client_access_scopes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.client_access_scopes (
    project_id uuid NOT NULL,
    client_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    scope text NOT NULL
);

ALTER TABLE ONLY tessera.client_access_scopes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.client_access_scopes OWNER TO tessera_owner;

--
-- Name: client_secrets; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.client_secrets (
    project_id uuid NOT NULL,
    client_id uuid NOT NULL,
    place smallint NOT NULL,
    client_secret_id uuid NOT NULL,
    digest bytea NOT NULL,
    hint text NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    expire_time timestamp with time zone,
    CONSTRAINT client_secrets_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT client_secrets_place_check CHECK ((place = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY tessera.client_secrets FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.client_secrets OWNER TO tessera_owner;

--
-- Name: clients; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.clients (
    project_id uuid NOT NULL,
    client_id uuid NOT NULL,
    display_name text NOT NULL,
    profile text NOT NULL,
    token_endpoint_auth_method text NOT NULL,
    token_endpoint_auth_signing_alg text,
    jwks text,
    default_resource_id uuid,
    access_token_lifetime_s integer NOT NULL,
    grant_types text[] NOT NULL,
    assertion_audience text NOT NULL,
    access_token_signing_alg text,
    disabled boolean DEFAULT false NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT clients_access_token_alg_check CHECK ((access_token_signing_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text]))),
    CONSTRAINT clients_assertion_audience_check CHECK ((assertion_audience = ANY (ARRAY['issuer'::text, 'issuer_or_endpoint'::text]))),
    CONSTRAINT clients_auth_method_check CHECK ((token_endpoint_auth_method = ANY (ARRAY['client_secret_basic'::text, 'client_secret_post'::text, 'private_key_jwt'::text]))),
    CONSTRAINT clients_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT clients_lifetime_check CHECK (((access_token_lifetime_s = 0) OR ((access_token_lifetime_s >= 30) AND (access_token_lifetime_s <= 3600)))),
    CONSTRAINT clients_profile_check CHECK ((profile = ANY (ARRAY['mcp_public'::text, 'web_confidential'::text, 'oidc_legacy'::text, 'fapi2'::text, 'workload'::text, 'agent'::text]))),
    CONSTRAINT clients_signing_alg_check CHECK ((token_endpoint_auth_signing_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text])))
);

ALTER TABLE ONLY tessera.clients FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.clients OWNER TO tessera_owner;

--
-- Name: migrations; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.migrations (
    number integer NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE tessera.migrations OWNER TO tessera_owner;

--
-- Name: once_values; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.once_values (
    project_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    expires timestamp with time zone NOT NULL,
    CONSTRAINT once_values_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT once_values_kind_check CHECK ((kind ~ '^[a-z0-9_]{1,40}$'::text))
);

ALTER TABLE ONLY tessera.once_values FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.once_values OWNER TO tessera_owner;

--
-- Name: projects; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.projects (
    project_id uuid NOT NULL,
    slug text NOT NULL,
    display_name text NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    log_in_with_google boolean NOT NULL,
    log_in_with_microsoft boolean NOT NULL,
    log_in_with_email boolean NOT NULL,
    log_in_with_password boolean NOT NULL,
    log_in_with_saml boolean NOT NULL,
    log_in_with_authenticator_app boolean NOT NULL,
    log_in_with_passkey boolean NOT NULL,
    google_oauth_client_id text,
    google_oauth_client_secret_sealed bytea,
    microsoft_oauth_client_id text,
    microsoft_oauth_client_secret_sealed bytea,
    vault_domain text,
    vault_domain_custom boolean NOT NULL,
    trusted_domains text[] NOT NULL,
    cookie_domain text,
    redirect_uri text,
    after_login_redirect_uri text,
    after_signup_redirect_uri text,
    email_send_from_domain text,
    access_token_lifetime_s integer NOT NULL,
    default_resource_uri text,
    audit_retention_days integer NOT NULL,
    keyring_id uuid NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT projects_access_token_lifetime_check CHECK (((access_token_lifetime_s >= 30) AND (access_token_lifetime_s <= 3600))),
    CONSTRAINT projects_audit_retention_check CHECK (((audit_retention_days >= 0) AND (audit_retention_days <= 36500))),
    CONSTRAINT projects_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT projects_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
);

ALTER TABLE ONLY tessera.projects FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.projects OWNER TO tessera_owner;

--
-- Name: resource_scopes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.resource_scopes (
    project_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    CONSTRAINT resource_scopes_description_check CHECK ((length(description) <= 1024)),
    CONSTRAINT resource_scopes_name_check CHECK ((name ~ '^[\x21\x23-\x5B\x5D-\x7E]{1,128}$'::text))
);

ALTER TABLE ONLY tessera.resource_scopes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.resource_scopes OWNER TO tessera_owner;

--
-- Name: resources; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.resources (
    project_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    uri text NOT NULL,
    normalized_uri text NOT NULL,
    display_name text NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT resources_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT resources_uri_check CHECK (((length(uri) >= 1) AND (length(uri) <= 2048)))
);

ALTER TABLE ONLY tessera.resources FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.resources OWNER TO tessera_owner;

--
-- Name: audit_events audit_events_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (project_id, event_id);


--
-- Name: audit_heads audit_heads_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (project_id);


--
-- Name: audit_positions audit_positions_event_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.audit_positions
    ADD CONSTRAINT audit_positions_event_key UNIQUE (project_id, event_id);


--
-- Name: audit_positions audit_positions_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.audit_positions
    ADD CONSTRAINT audit_positions_pkey PRIMARY KEY (project_id, "position");


--
-- Name: audit_sequencer audit_sequencer_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.audit_sequencer
    ADD CONSTRAINT audit_sequencer_pkey PRIMARY KEY (only_row);


--
-- Name: client_access client_access_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access
    ADD CONSTRAINT client_access_pkey PRIMARY KEY (project_id, client_id, resource_id);


--
-- Name: client_access_scopes client_access_scopes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access_scopes
    ADD CONSTRAINT client_access_scopes_pkey PRIMARY KEY (project_id, client_id, resource_id, scope);


--
-- Name: client_secrets client_secrets_id_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_secrets
    ADD CONSTRAINT client_secrets_id_key UNIQUE (project_id, client_secret_id);


--
-- Name: client_secrets client_secrets_two_at_once; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_secrets
    ADD CONSTRAINT client_secrets_two_at_once PRIMARY KEY (project_id, client_id, place);


--
-- Name: clients clients_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (project_id, client_id);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (number);


--
-- Name: once_values once_values_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.once_values
    ADD CONSTRAINT once_values_pkey PRIMARY KEY (project_id, kind, digest);


--
-- Name: projects projects_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (project_id);


--
-- Name: projects projects_slug_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.projects
    ADD CONSTRAINT projects_slug_key UNIQUE (slug);


--
-- Name: projects projects_vault_domain_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.projects
    ADD CONSTRAINT projects_vault_domain_key UNIQUE (vault_domain);


--
-- Name: resource_scopes resource_scopes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resource_scopes
    ADD CONSTRAINT resource_scopes_pkey PRIMARY KEY (project_id, resource_id, name);


--
-- Name: resources resources_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resources
    ADD CONSTRAINT resources_pkey PRIMARY KEY (project_id, resource_id);


--
-- Name: resources resources_uri_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resources
    ADD CONSTRAINT resources_uri_key UNIQUE (project_id, normalized_uri);


--
-- Name: audit_events_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_client_idx ON tessera.audit_events USING btree (project_id, client_id, event_id) WHERE (client_id <> ''::text);


--
-- Name: audit_events_error_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_error_idx ON tessera.audit_events USING btree (project_id, error_code, event_id) WHERE (error_code <> ''::text);


--
-- Name: audit_events_occurred_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_occurred_idx ON tessera.audit_events USING btree (project_id, occurred);


--
-- Name: audit_events_principal_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_principal_idx ON tessera.audit_events USING btree (project_id, principal_id, event_id) WHERE ((principal_id <> ''::text) AND (principal_id <> client_id));


--
-- Name: audit_events_request_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_request_idx ON tessera.audit_events USING btree (project_id, request_id) WHERE (request_id <> ''::text);


--
-- Name: audit_events_session_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_session_idx ON tessera.audit_events USING btree (project_id, session_id, event_id) WHERE (session_id <> ''::text);


--
-- Name: audit_events_writer_xid_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX audit_events_writer_xid_idx ON tessera.audit_events USING btree (writer_xid);


--
-- Name: client_access_resource_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX client_access_resource_idx ON tessera.client_access USING btree (project_id, resource_id);


--
-- Name: client_access_scopes_resource_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX client_access_scopes_resource_idx ON tessera.client_access_scopes USING btree (project_id, resource_id, scope);


--
-- Name: clients_default_resource_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX clients_default_resource_idx ON tessera.clients USING btree (project_id, default_resource_id);


--
-- Name: once_values_expires_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX once_values_expires_idx ON tessera.once_values USING btree (expires);


--
-- Name: client_access notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE ON tessera.client_access FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');


--
-- Name: client_access_scopes notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE ON tessera.client_access_scopes FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');


--
-- Name: client_secrets notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE OF expire_time ON tessera.client_secrets FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');


--
-- Name: clients notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE ON tessera.clients FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('client', 'client_id');


--
-- Name: projects notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR UPDATE ON tessera.projects FOR EACH ROW EXECUTE FUNCTION tessera.notify_project();


--
-- Name: resource_scopes notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE ON tessera.resource_scopes FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('resource', 'resource_id');


--
-- Name: resources notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR DELETE OR UPDATE ON tessera.resources FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('resource', 'resource_id');


--
-- Name: client_secrets place_client_secret; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER place_client_secret BEFORE INSERT ON tessera.client_secrets FOR EACH ROW EXECUTE FUNCTION tessera.place_client_secret();


--
-- Name: client_access client_access_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access
    ADD CONSTRAINT client_access_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: client_access client_access_project_id_resource_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access
    ADD CONSTRAINT client_access_project_id_resource_id_fkey FOREIGN KEY (project_id, resource_id) REFERENCES tessera.resources(project_id, resource_id) ON DELETE CASCADE;


--
-- Name: client_access_scopes client_access_scopes_project_id_client_id_resource_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access_scopes
    ADD CONSTRAINT client_access_scopes_project_id_client_id_resource_id_fkey FOREIGN KEY (project_id, client_id, resource_id) REFERENCES tessera.client_access(project_id, client_id, resource_id) ON DELETE CASCADE;


--
-- Name: client_access_scopes client_access_scopes_project_id_resource_id_scope_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_access_scopes
    ADD CONSTRAINT client_access_scopes_project_id_resource_id_scope_fkey FOREIGN KEY (project_id, resource_id, scope) REFERENCES tessera.resource_scopes(project_id, resource_id, name) ON DELETE CASCADE;


--
-- Name: client_secrets client_secrets_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.client_secrets
    ADD CONSTRAINT client_secrets_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: clients clients_default_resource_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.clients
    ADD CONSTRAINT clients_default_resource_fkey FOREIGN KEY (project_id, default_resource_id) REFERENCES tessera.resources(project_id, resource_id);


--
-- Name: clients clients_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.clients
    ADD CONSTRAINT clients_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: resource_scopes resource_scopes_project_id_resource_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resource_scopes
    ADD CONSTRAINT resource_scopes_project_id_resource_id_fkey FOREIGN KEY (project_id, resource_id) REFERENCES tessera.resources(project_id, resource_id) ON DELETE CASCADE;


--
-- Name: resources resources_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resources
    ADD CONSTRAINT resources_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: audit_events audit; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY audit ON tessera.audit_events FOR INSERT TO tessera_audit WITH CHECK (true);


--
-- Name: once_values audit; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY audit ON tessera.once_values TO tessera_audit USING (true);


--
-- Name: audit_events; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.audit_events ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_heads; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.audit_heads ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_positions; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.audit_positions ENABLE ROW LEVEL SECURITY;

--
-- Name: client_access; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.client_access ENABLE ROW LEVEL SECURITY;

--
-- Name: client_access_scopes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.client_access_scopes ENABLE ROW LEVEL SECURITY;

--
-- Name: client_secrets; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.client_secrets ENABLE ROW LEVEL SECURITY;

--
-- Name: clients; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.clients ENABLE ROW LEVEL SECURITY;

--
-- Name: once_values; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.once_values ENABLE ROW LEVEL SECURITY;

--
-- Name: projects; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.projects ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.audit_events USING ((project_id = tessera.current_project()));


--
-- Name: audit_heads realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.audit_heads USING ((project_id = tessera.current_project()));


--
-- Name: audit_positions realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.audit_positions USING ((project_id = tessera.current_project()));


--
-- Name: client_access realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.client_access USING ((project_id = tessera.current_project()));


--
-- Name: client_access_scopes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.client_access_scopes USING ((project_id = tessera.current_project()));


--
-- Name: client_secrets realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.client_secrets USING ((project_id = tessera.current_project()));


--
-- Name: clients realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.clients USING ((project_id = tessera.current_project()));


--
-- Name: once_values realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.once_values USING ((project_id = tessera.current_project()));


--
-- Name: projects realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.projects USING ((project_id = tessera.current_project()));


--
-- Name: resource_scopes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.resource_scopes USING ((project_id = tessera.current_project()));


--
-- Name: resources realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.resources USING ((project_id = tessera.current_project()));


--
-- Name: resource_scopes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.resource_scopes ENABLE ROW LEVEL SECURITY;

--
-- Name: resources; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.resources ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events retention; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY retention ON tessera.audit_events AS RESTRICTIVE FOR DELETE TO tessera_system USING ((EXISTS ( SELECT
   FROM tessera.projects p
  WHERE ((p.project_id = audit_events.project_id) AND (p.audit_retention_days > 0) AND (audit_events.occurred < (now() - make_interval(days => p.audit_retention_days)))))));


--
-- Name: audit_positions retention; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY retention ON tessera.audit_positions AS RESTRICTIVE FOR DELETE TO tessera_system USING ((EXISTS ( SELECT
   FROM (tessera.projects p
     JOIN tessera.audit_events e USING (project_id))
  WHERE ((p.project_id = audit_positions.project_id) AND (e.event_id = audit_positions.event_id) AND (p.audit_retention_days > 0) AND (e.occurred < (now() - make_interval(days => p.audit_retention_days)))))));


--
-- Name: audit_events system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.audit_events TO tessera_system USING (true);


--
-- Name: audit_heads system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.audit_heads TO tessera_system USING (true);


--
-- Name: audit_positions system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.audit_positions TO tessera_system USING (true);


--
-- Name: once_values system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.once_values TO tessera_system USING (true);


--
-- Name: projects system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.projects TO tessera_system USING (true);


--
-- Name: SCHEMA tessera; Type: ACL; Schema: -; Owner: tessera_owner
--

GRANT USAGE ON SCHEMA tessera TO tessera_app;
GRANT USAGE ON SCHEMA tessera TO tessera_system;
GRANT USAGE ON SCHEMA tessera TO tessera_audit;


--
-- Name: FUNCTION current_project(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.current_project() FROM PUBLIC;
GRANT ALL ON FUNCTION tessera.current_project() TO tessera_app;
GRANT ALL ON FUNCTION tessera.current_project() TO tessera_system;
GRANT ALL ON FUNCTION tessera.current_project() TO tessera_audit;


--
-- Name: FUNCTION notify_project(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.notify_project() FROM PUBLIC;


--
-- Name: FUNCTION notify_row(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.notify_row() FROM PUBLIC;


--
-- Name: FUNCTION place_client_secret(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.place_client_secret() FROM PUBLIC;


--
-- Name: TABLE audit_events; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT ON TABLE tessera.audit_events TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.audit_events TO tessera_system;


--
-- Name: COLUMN audit_events.project_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(project_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(project_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(project_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.event_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(event_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(event_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(event_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.occurred; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(occurred) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(occurred) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(occurred) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.type; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(type) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(type) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(type) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.result; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(result) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(result) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(result) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.principal_kind; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(principal_kind) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(principal_kind) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(principal_kind) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.principal_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(principal_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(principal_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(principal_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.act_chain; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(act_chain) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(act_chain) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(act_chain) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.client_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(client_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(client_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(client_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.session_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(session_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(session_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(session_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.ip; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(ip) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(ip) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(ip) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.user_agent; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(user_agent) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(user_agent) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(user_agent) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.target_kind; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(target_kind) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(target_kind) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(target_kind) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.target_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(target_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(target_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(target_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.authority; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(authority) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(authority) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(authority) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.error_code; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(error_code) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(error_code) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(error_code) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.request_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(request_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(request_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(request_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.trace_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(trace_id) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(trace_id) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(trace_id) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: COLUMN audit_events.body; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT INSERT(body) ON TABLE tessera.audit_events TO tessera_app;
GRANT INSERT(body) ON TABLE tessera.audit_events TO tessera_system;
GRANT INSERT(body) ON TABLE tessera.audit_events TO tessera_audit;


--
-- Name: TABLE audit_heads; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE tessera.audit_heads TO tessera_system;


--
-- Name: TABLE audit_positions; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT ON TABLE tessera.audit_positions TO tessera_app;
GRANT SELECT,INSERT,DELETE ON TABLE tessera.audit_positions TO tessera_system;


--
-- Name: TABLE audit_sequencer; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT ON TABLE tessera.audit_sequencer TO tessera_app;
GRANT SELECT,UPDATE ON TABLE tessera.audit_sequencer TO tessera_system;


--
-- Name: TABLE client_access; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.client_access TO tessera_app;


--
-- Name: TABLE client_access_scopes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.client_access_scopes TO tessera_app;


--
-- Name: TABLE client_secrets; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.client_secrets TO tessera_app;


--
-- Name: COLUMN client_secrets.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.client_secrets TO tessera_app;


--
-- Name: TABLE clients; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.profile; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(profile) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.token_endpoint_auth_method; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(token_endpoint_auth_method) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.token_endpoint_auth_signing_alg; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(token_endpoint_auth_signing_alg) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.jwks; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(jwks) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.default_resource_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(default_resource_id) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.access_token_lifetime_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(access_token_lifetime_s) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.grant_types; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(grant_types) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.assertion_audience; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(assertion_audience) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.access_token_signing_alg; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(access_token_signing_alg) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(disabled) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.revision; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revision) ON TABLE tessera.clients TO tessera_app;


--
-- Name: TABLE migrations; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT ON TABLE tessera.migrations TO tessera_app;
GRANT SELECT ON TABLE tessera.migrations TO tessera_system;
GRANT SELECT ON TABLE tessera.migrations TO tessera_audit;


--
-- Name: TABLE once_values; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.once_values TO tessera_app;
GRANT INSERT ON TABLE tessera.once_values TO tessera_audit;
GRANT SELECT,DELETE ON TABLE tessera.once_values TO tessera_system;


--
-- Name: COLUMN once_values.project_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT(project_id) ON TABLE tessera.once_values TO tessera_audit;


--
-- Name: COLUMN once_values.kind; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT(kind) ON TABLE tessera.once_values TO tessera_audit;


--
-- Name: COLUMN once_values.digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT(digest) ON TABLE tessera.once_values TO tessera_audit;


--
-- Name: TABLE projects; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT ON TABLE tessera.projects TO tessera_app;
GRANT SELECT,INSERT ON TABLE tessera.projects TO tessera_system;


--
-- Name: COLUMN projects.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_google; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_google) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_microsoft; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_microsoft) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_email; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_email) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_password; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_password) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_saml; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_saml) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_authenticator_app; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_authenticator_app) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_passkey; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_passkey) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.google_oauth_client_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(google_oauth_client_id) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.google_oauth_client_secret_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(google_oauth_client_secret_sealed) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.microsoft_oauth_client_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(microsoft_oauth_client_id) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.microsoft_oauth_client_secret_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(microsoft_oauth_client_secret_sealed) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.vault_domain; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(vault_domain) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.vault_domain_custom; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(vault_domain_custom) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.trusted_domains; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(trusted_domains) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.cookie_domain; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(cookie_domain) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.redirect_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(redirect_uri) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.after_login_redirect_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(after_login_redirect_uri) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.after_signup_redirect_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(after_signup_redirect_uri) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.email_send_from_domain; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email_send_from_domain) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.access_token_lifetime_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(access_token_lifetime_s) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.default_resource_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(default_resource_uri) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.audit_retention_days; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(audit_retention_days) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.keyring_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(keyring_id) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(disabled) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.revision; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revision) ON TABLE tessera.projects TO tessera_app;


--
-- Name: TABLE resource_scopes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.resource_scopes TO tessera_app;


--
-- Name: COLUMN resource_scopes.description; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(description) ON TABLE tessera.resource_scopes TO tessera_app;


--
-- Name: TABLE resources; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.resources TO tessera_app;


--
-- Name: COLUMN resources.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.resources TO tessera_app;


--
-- Name: COLUMN resources.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.resources TO tessera_app;


--
-- Name: COLUMN resources.revision; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revision) ON TABLE tessera.resources TO tessera_app;


--
-- PostgreSQL database dump complete
--


