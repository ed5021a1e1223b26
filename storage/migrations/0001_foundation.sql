-- Roles, the schema, and what a realm is made of.
--
-- tessera_owner runs migrations and owns everything; tessera_app is what requests log in as; tessera_system runs the few named
-- statements across realms; tessera_audit only inserts events. None bypasses row-level security, the owner included.

-- Roles belong to the whole cluster: another database may be making them at this moment.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['tessera_app', 'tessera_system', 'tessera_audit'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA tessera FROM PUBLIC;
REVOKE ALL ON tessera.migrations FROM PUBLIC;
GRANT USAGE ON SCHEMA tessera TO tessera_app, tessera_system, tessera_audit;
GRANT SELECT ON tessera.migrations TO tessera_app, tessera_system, tessera_audit;
-- Triggers run whatever their caller may execute; other functions are granted one by one.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The realm of this transaction; NULL, and so no row at all, when nothing set it.
CREATE FUNCTION tessera.current_project() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('tessera.project_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION tessera.current_project() TO tessera_app, tessera_system, tessera_audit;

CREATE TABLE tessera.projects (
    project_id                            uuid PRIMARY KEY,
    slug                                  text NOT NULL,
    display_name                          text NOT NULL,
    create_time                           timestamptz NOT NULL DEFAULT now(),
    update_time                           timestamptz NOT NULL DEFAULT now(),
    log_in_with_google                    boolean NOT NULL,
    log_in_with_microsoft                 boolean NOT NULL,
    log_in_with_email                     boolean NOT NULL,
    log_in_with_password                  boolean NOT NULL,
    log_in_with_saml                      boolean NOT NULL,
    log_in_with_authenticator_app         boolean NOT NULL,
    log_in_with_passkey                   boolean NOT NULL,
    google_oauth_client_id                text,
    google_oauth_client_secret_sealed     bytea,
    microsoft_oauth_client_id             text,
    microsoft_oauth_client_secret_sealed  bytea,
    vault_domain                          text,
    vault_domain_custom                   boolean NOT NULL,
    trusted_domains                       text[] NOT NULL,
    cookie_domain                         text,
    redirect_uri                          text,
    after_login_redirect_uri              text,
    after_signup_redirect_uri             text,
    email_send_from_domain                text,
    access_token_lifetime_s               integer NOT NULL,
    default_resource_uri                  text,
    audit_retention_days                  integer NOT NULL,
    keyring_id                            uuid NOT NULL,
    disabled                              boolean NOT NULL DEFAULT false,
    revision                              bigint NOT NULL DEFAULT 1,
    CONSTRAINT projects_slug_key UNIQUE (slug),
    CONSTRAINT projects_vault_domain_key UNIQUE (vault_domain),
    CONSTRAINT projects_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT projects_display_name_check CHECK (length(display_name) BETWEEN 1 AND 256),
    CONSTRAINT projects_access_token_lifetime_check CHECK (access_token_lifetime_s BETWEEN 30 AND 3600),
    CONSTRAINT projects_audit_retention_check CHECK (audit_retention_days BETWEEN 0 AND 36500)
);

CREATE TABLE tessera.resources (
    project_id      uuid NOT NULL REFERENCES tessera.projects,
    resource_id     uuid NOT NULL,
    uri             text NOT NULL,
    normalized_uri  text NOT NULL,
    display_name    text NOT NULL,
    create_time     timestamptz NOT NULL DEFAULT now(),
    update_time     timestamptz NOT NULL DEFAULT now(),
    revision        bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, resource_id),
    CONSTRAINT resources_uri_key UNIQUE (project_id, normalized_uri),
    CONSTRAINT resources_uri_check CHECK (length(uri) BETWEEN 1 AND 2048),
    CONSTRAINT resources_display_name_check CHECK (length(display_name) BETWEEN 1 AND 256)
);

CREATE TABLE tessera.resource_scopes (
    project_id   uuid NOT NULL,
    resource_id  uuid NOT NULL,
    name         text NOT NULL,
    description  text NOT NULL,
    PRIMARY KEY (project_id, resource_id, name),
    FOREIGN KEY (project_id, resource_id) REFERENCES tessera.resources ON DELETE CASCADE,
    -- RFC 6749 §3.3 scope-token
    CONSTRAINT resource_scopes_name_check CHECK (name ~ '^[\x21\x23-\x5B\x5D-\x7E]{1,128}$'),
    CONSTRAINT resource_scopes_description_check CHECK (length(description) <= 1024)
);

CREATE TABLE tessera.clients (
    project_id                       uuid NOT NULL REFERENCES tessera.projects,
    client_id                        uuid NOT NULL,
    display_name                     text NOT NULL,
    profile                          text NOT NULL,
    token_endpoint_auth_method       text NOT NULL,
    token_endpoint_auth_signing_alg  text,
    jwks                             text,
    default_resource_id              uuid,
    access_token_lifetime_s          integer NOT NULL,
    grant_types                      text[] NOT NULL,
    assertion_audience               text NOT NULL,
    access_token_signing_alg         text,
    disabled                         boolean NOT NULL DEFAULT false,
    create_time                      timestamptz NOT NULL DEFAULT now(),
    update_time                      timestamptz NOT NULL DEFAULT now(),
    revision                         bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, client_id),
    CONSTRAINT clients_default_resource_fkey
        FOREIGN KEY (project_id, default_resource_id) REFERENCES tessera.resources (project_id, resource_id),
    CONSTRAINT clients_display_name_check CHECK (length(display_name) BETWEEN 1 AND 256),
    CONSTRAINT clients_profile_check CHECK (profile IN
        ('mcp_public', 'web_confidential', 'oidc_legacy', 'fapi2', 'workload', 'agent')),
    CONSTRAINT clients_auth_method_check CHECK (token_endpoint_auth_method IN
        ('client_secret_basic', 'client_secret_post', 'private_key_jwt')),
    CONSTRAINT clients_signing_alg_check CHECK (token_endpoint_auth_signing_alg IN ('ES256', 'RS256', 'PS256', 'EdDSA')),
    CONSTRAINT clients_access_token_alg_check CHECK (access_token_signing_alg IN ('ES256', 'RS256', 'PS256', 'EdDSA')),
    CONSTRAINT clients_assertion_audience_check CHECK (assertion_audience IN ('issuer', 'issuer_or_endpoint')),
    CONSTRAINT clients_lifetime_check CHECK (access_token_lifetime_s = 0 OR access_token_lifetime_s BETWEEN 30 AND 3600)
);

-- Two places, so two secrets at once and never a third: decided by the primary key, which no concurrency talks round.
CREATE TABLE tessera.client_secrets (
    project_id        uuid NOT NULL,
    client_id         uuid NOT NULL,
    place             smallint NOT NULL,  -- by the trigger below
    client_secret_id  uuid NOT NULL,
    digest            bytea NOT NULL,
    hint              text NOT NULL,
    create_time       timestamptz NOT NULL DEFAULT now(),
    expire_time       timestamptz,
    last_used_time    timestamptz,
    CONSTRAINT client_secrets_two_at_once PRIMARY KEY (project_id, client_id, place),
    CONSTRAINT client_secrets_id_key UNIQUE (project_id, client_secret_id),
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE,
    CONSTRAINT client_secrets_place_check CHECK (place IN (1, 2)),
    CONSTRAINT client_secrets_digest_check CHECK (octet_length(digest) = 32)
);

-- Finds the free place: writers of one client's secrets take turns on the client's row, and an expired secret makes room.
CREATE FUNCTION tessera.place_client_secret() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER place_client_secret BEFORE INSERT ON tessera.client_secrets
    FOR EACH ROW EXECUTE FUNCTION tessera.place_client_secret();

CREATE TABLE tessera.client_access (
    project_id   uuid NOT NULL,
    client_id    uuid NOT NULL,
    resource_id  uuid NOT NULL,
    PRIMARY KEY (project_id, client_id, resource_id),
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE,
    FOREIGN KEY (project_id, resource_id) REFERENCES tessera.resources ON DELETE CASCADE
);

CREATE TABLE tessera.client_access_scopes (
    project_id   uuid NOT NULL,
    client_id    uuid NOT NULL,
    resource_id  uuid NOT NULL,
    scope        text NOT NULL,
    PRIMARY KEY (project_id, client_id, resource_id, scope),
    FOREIGN KEY (project_id, client_id, resource_id) REFERENCES tessera.client_access ON DELETE CASCADE,
    FOREIGN KEY (project_id, resource_id, scope) REFERENCES tessera.resource_scopes ON DELETE CASCADE
);
CREATE INDEX client_access_resource_idx ON tessera.client_access (project_id, resource_id);
CREATE INDEX client_access_scopes_resource_idx ON tessera.client_access_scopes (project_id, resource_id, scope);
CREATE INDEX clients_default_resource_idx ON tessera.clients (project_id, default_resource_id);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['projects', 'resources', 'resource_scopes', 'clients', 'client_secrets',
                                        'client_access', 'client_access_scopes'] LOOP
        EXECUTE format('ALTER TABLE tessera.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE tessera.%I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY realm ON tessera.%I USING (project_id = tessera.current_project())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON tessera.%I TO tessera_app', tenant_table);
    END LOOP;
END $$;
-- What never changes cannot be updated: ids, slugs, URIs, times of creation, a secret's digest.
GRANT UPDATE (display_name, update_time, revision) ON tessera.resources TO tessera_app;
GRANT UPDATE (description) ON tessera.resource_scopes TO tessera_app;
GRANT UPDATE (display_name, profile, token_endpoint_auth_method, token_endpoint_auth_signing_alg, jwks,
    default_resource_id, access_token_lifetime_s, grant_types, assertion_audience, access_token_signing_alg, disabled,
    update_time, revision) ON tessera.clients TO tessera_app;
GRANT UPDATE (expire_time, last_used_time) ON tessera.client_secrets TO tessera_app;
GRANT UPDATE (display_name, update_time, log_in_with_google, log_in_with_microsoft, log_in_with_email,
    log_in_with_password, log_in_with_saml, log_in_with_authenticator_app, log_in_with_passkey, google_oauth_client_id,
    google_oauth_client_secret_sealed, microsoft_oauth_client_id, microsoft_oauth_client_secret_sealed, vault_domain,
    vault_domain_custom, trusted_domains, cookie_domain, redirect_uri, after_login_redirect_uri,
    after_signup_redirect_uri, email_send_from_domain, access_token_lifetime_s, default_resource_uri,
    audit_retention_days, keyring_id, disabled, revision) ON tessera.projects TO tessera_app;
-- A project is made, found by slug and counted across realms; it is never deleted, only disabled.
REVOKE INSERT, DELETE ON tessera.projects FROM tessera_app;
CREATE POLICY system ON tessera.projects TO tessera_system USING (true);
GRANT SELECT, INSERT ON tessera.projects TO tessera_system;
