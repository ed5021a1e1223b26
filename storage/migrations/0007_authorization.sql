-- What a person lets a client do, from the request to the tokens: requests, codes, grants, families of tokens, logout.

-- Registration (RFC 7591 §2, OpenID Connect Registration §2, logout specifications). What is absent has the default there.
ALTER TABLE tessera.clients
    ADD COLUMN application_type text NOT NULL DEFAULT 'web',
    ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}',
    ADD COLUMN post_logout_redirect_uris text[] NOT NULL DEFAULT '{}',
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{openid,profile,email,address,phone,offline_access}',
    ADD COLUMN trusted boolean NOT NULL DEFAULT true,        -- vouched for by an operator; a client that registered itself is not
    ADD COLUMN skip_consent boolean NOT NULL DEFAULT false,  -- first party: its user is never asked
    ADD COLUMN subject_type text NOT NULL DEFAULT 'public',
    ADD COLUMN sector_identifier_uri text,
    ADD COLUMN id_token_signed_response_alg text,
    ADD COLUMN userinfo_signed_response_alg text,
    ADD COLUMN introspection_signed_response_alg text,
    ADD COLUMN default_max_age_s integer,
    ADD COLUMN require_auth_time boolean NOT NULL DEFAULT false,
    ADD COLUMN initiate_login_uri text,
    ADD COLUMN frontchannel_logout_uri text,
    ADD COLUMN backchannel_logout_uri text,
    ADD COLUMN client_uri text,
    ADD COLUMN logo_uri text,
    ADD COLUMN policy_uri text,
    ADD COLUMN tos_uri text,
    ADD COLUMN contacts text[] NOT NULL DEFAULT '{}',
    ADD COLUMN jwks_uri text,
    ADD COLUMN software_id text,
    ADD COLUMN software_version text,
    ADD COLUMN introspection_allowed boolean NOT NULL DEFAULT false,  -- tokens of any audience of the realm
    ADD COLUMN registration_token_digest bytea,              -- RFC 7592; only a client that registered itself has one
    DROP CONSTRAINT clients_auth_method_check,
    ADD CONSTRAINT clients_auth_method_check CHECK (token_endpoint_auth_method IN
        ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
    ADD CONSTRAINT clients_application_type_check CHECK (application_type IN ('web', 'native', 'browser')),
    ADD CONSTRAINT clients_subject_type_check CHECK (subject_type IN ('public', 'pairwise')),
    ADD CONSTRAINT clients_algs_check CHECK (
        id_token_signed_response_alg IN ('ES256', 'RS256', 'PS256', 'EdDSA')
        AND userinfo_signed_response_alg IN ('ES256', 'RS256', 'PS256', 'EdDSA')
        AND introspection_signed_response_alg IN ('ES256', 'RS256', 'PS256', 'EdDSA')),
    ADD CONSTRAINT clients_jwks_check CHECK (jwks IS NULL OR jwks_uri IS NULL),
    ADD CONSTRAINT clients_uris_check CHECK (cardinality(redirect_uris) <= 64 AND cardinality(post_logout_redirect_uris) <= 64),
    ADD CONSTRAINT clients_registration_token_check CHECK (octet_length(registration_token_digest) = 32);
GRANT UPDATE (application_type, redirect_uris, post_logout_redirect_uris, scopes, trusted, skip_consent, subject_type,
    sector_identifier_uri, id_token_signed_response_alg, userinfo_signed_response_alg, introspection_signed_response_alg,
    default_max_age_s, require_auth_time, initiate_login_uri, frontchannel_logout_uri, backchannel_logout_uri, client_uri,
    logo_uri, policy_uri, tos_uri, contacts, jwks_uri, software_id, software_version, introspection_allowed,
    registration_token_digest) ON tessera.clients TO tessera_app;

ALTER TABLE tessera.projects
    -- Salt of pairwise subjects (OpenID Connect Core §8.1): stable for ever.
    ADD COLUMN pairwise_salt bytea NOT NULL DEFAULT sha256(gen_random_uuid()::text::bytea || gen_random_uuid()::text::bytea),
    -- Dynamic registration (RFC 7591): off, with an initial access token, or open.
    ADD COLUMN registration_policy text NOT NULL DEFAULT 'off',
    ADD CONSTRAINT projects_registration_check CHECK (registration_policy IN ('off', 'token', 'open'));
GRANT UPDATE (registration_policy) ON tessera.projects TO tessera_app;

-- The client that speaks for a resource: it may introspect the tokens that are for it (RFC 7662 §2.1).
ALTER TABLE tessera.resources
    ADD COLUMN introspection_client_id uuid,
    ADD CONSTRAINT resources_introspection_client_fkey FOREIGN KEY (project_id, introspection_client_id)
        REFERENCES tessera.clients (project_id, client_id) ON DELETE SET NULL (introspection_client_id);
CREATE INDEX resources_introspection_client_idx ON tessera.resources (project_id, introspection_client_id);
GRANT UPDATE (introspection_client_id) ON tessera.resources TO tessera_app;

CREATE TABLE tessera.initial_access_tokens (
    project_id    uuid NOT NULL REFERENCES tessera.projects,
    token_id      uuid NOT NULL,
    digest        bytea NOT NULL,
    uses_left     integer NOT NULL,
    trusted       boolean NOT NULL DEFAULT false,  -- whoever made it vouches for what registers with it
    create_time   timestamptz NOT NULL DEFAULT now(),
    expire_time   timestamptz NOT NULL,
    PRIMARY KEY (project_id, token_id),
    CONSTRAINT initial_access_tokens_digest_key UNIQUE (project_id, digest),
    CONSTRAINT initial_access_tokens_uses_check CHECK (uses_left >= 0)
);
CREATE INDEX initial_access_tokens_expire_idx ON tessera.initial_access_tokens (expire_time);

-- An authorization request (RFC 6749 §4.1.1) that waits for its person, as it was validated. Found by its id, and only in the
-- browser that began it.
CREATE TABLE tessera.authorization_requests (
    project_id      uuid NOT NULL,
    request_id      uuid NOT NULL,
    browser_digest  bytea NOT NULL,
    client_id       uuid NOT NULL,
    redirect_uri    text NOT NULL,
    response_mode   text NOT NULL,
    state           text,
    scope           text NOT NULL,
    resources       text[] NOT NULL,
    nonce           text,
    code_challenge  text,
    prompt          text[] NOT NULL,
    max_age_s       bigint,
    acr_values      text,
    claims          text,
    login_hint      text,
    hinted_user_id  uuid,           -- of id_token_hint or the claims parameter
    ui_locales      text,
    display         text,
    create_time     timestamptz NOT NULL,
    expire_time     timestamptz NOT NULL,
    consent_time    timestamptz,    -- asked and allowed in this very request
    consent_user_id uuid,           -- by whom
    finish_time     timestamptz,    -- answered: a code or an error was sent
    PRIMARY KEY (project_id, request_id),
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE,
    CONSTRAINT authorization_requests_browser_check CHECK (octet_length(browser_digest) = 32),
    CONSTRAINT authorization_requests_mode_check CHECK (response_mode IN ('query', 'form_post'))
);
CREATE INDEX authorization_requests_expire_idx ON tessera.authorization_requests (expire_time);
CREATE INDEX authorization_requests_client_idx ON tessera.authorization_requests (project_id, client_id);

-- Who allowed which client what: one row a user and client, its scopes beside it. resource '' holds the OpenID scopes.
CREATE TABLE tessera.grants (
    project_id   uuid NOT NULL,
    grant_id     uuid NOT NULL,
    user_id      uuid NOT NULL,
    client_id    uuid NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, grant_id),
    CONSTRAINT grants_user_client_key UNIQUE (project_id, user_id, client_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE
);
CREATE INDEX grants_client_idx ON tessera.grants (project_id, client_id);
CREATE TABLE tessera.grant_scopes (
    project_id  uuid NOT NULL,
    grant_id    uuid NOT NULL,
    resource    text NOT NULL,
    scope       text NOT NULL,
    PRIMARY KEY (project_id, grant_id, resource, scope),
    FOREIGN KEY (project_id, grant_id) REFERENCES tessera.grants ON DELETE CASCADE
);

-- Everything issued from one authorization: the code, its refresh tokens and access tokens live and end together.
CREATE TABLE tessera.token_families (
    project_id       uuid NOT NULL,
    family_id        uuid NOT NULL,
    client_id        uuid NOT NULL,
    user_id          uuid NOT NULL,
    organization_id  uuid NOT NULL,
    session_id       uuid NOT NULL,
    grant_id         uuid,              -- none for a client whose user is never asked
    redirect_uri     text NOT NULL,
    scope            text NOT NULL,
    resources        text[] NOT NULL,
    nonce            text,
    claims           text,
    auth_time        timestamptz NOT NULL,
    amr              text[] NOT NULL,
    acr              text NOT NULL,
    auth_time_asked  boolean NOT NULL,  -- max_age was sent, so auth_time must be told
    offline          boolean NOT NULL,  -- offline_access: survives the session
    create_time      timestamptz NOT NULL,
    expire_time      timestamptz NOT NULL,
    revoke_time      timestamptz,
    revoke_reason    text,
    -- The ids as the trail writes them, so that an event can be written by the statement that consumes a code or a token.
    family_text      text NOT NULL,
    user_text        text NOT NULL,
    session_text     text NOT NULL,
    PRIMARY KEY (project_id, family_id),
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE,
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX token_families_client_idx ON tessera.token_families (project_id, client_id);
CREATE INDEX token_families_user_idx ON tessera.token_families (project_id, user_id);
CREATE INDEX token_families_session_idx ON tessera.token_families (project_id, session_id);
CREATE INDEX token_families_grant_idx ON tessera.token_families (project_id, grant_id);
CREATE INDEX token_families_expire_idx ON tessera.token_families (expire_time);

CREATE TABLE tessera.authorization_codes (
    project_id      uuid NOT NULL,
    digest          bytea NOT NULL,
    family_id       uuid NOT NULL,
    client_id       uuid NOT NULL,
    code_challenge  text,
    expire_time     timestamptz NOT NULL,
    used_time       timestamptz,
    PRIMARY KEY (project_id, digest),
    FOREIGN KEY (project_id, family_id) REFERENCES tessera.token_families ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX authorization_codes_family_idx ON tessera.authorization_codes (project_id, family_id);
CREATE INDEX authorization_codes_expire_idx ON tessera.authorization_codes (expire_time);

-- A rotated token leaves its successor readable to whoever shows it again within the grace: sealed under a key made from itself.
CREATE TABLE tessera.refresh_tokens (
    project_id        uuid NOT NULL,
    digest            bytea NOT NULL,
    family_id         uuid NOT NULL,
    create_time       timestamptz NOT NULL,
    expire_time       timestamptz NOT NULL,  -- idle; the family has the absolute end
    rotate_time       timestamptz,
    successor_digest  bytea,
    successor_sealed  bytea,
    PRIMARY KEY (project_id, digest),
    FOREIGN KEY (project_id, family_id) REFERENCES tessera.token_families ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX refresh_tokens_family_idx ON tessera.refresh_tokens (project_id, family_id);
CREATE INDEX refresh_tokens_expire_idx ON tessera.refresh_tokens (expire_time);

-- Access tokens revoked one by one; a family, a session or a user that ended needs no row here.
CREATE TABLE tessera.revoked_access_tokens (
    project_id   uuid NOT NULL REFERENCES tessera.projects,
    jti          text NOT NULL,
    expire_time  timestamptz NOT NULL,
    PRIMARY KEY (project_id, jti)
);
CREATE INDEX revoked_access_tokens_expire_idx ON tessera.revoked_access_tokens (expire_time);

-- Clients that hold tokens of a session: who must hear of its end.
CREATE TABLE tessera.session_clients (
    project_id  uuid NOT NULL,
    session_id  uuid NOT NULL,
    client_id   uuid NOT NULL,
    PRIMARY KEY (project_id, session_id, client_id),
    FOREIGN KEY (project_id, session_id) REFERENCES tessera.sessions ON DELETE CASCADE,
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE
);
CREATE INDEX session_clients_client_idx ON tessera.session_clients (project_id, client_id);

-- Back-channel logout still to be told (OpenID Connect Back-Channel Logout §2.5). The token is signed when it is sent.
CREATE TABLE tessera.logout_deliveries (
    project_id         uuid NOT NULL,
    delivery_id        uuid NOT NULL,
    client_id          uuid NOT NULL,
    session_id         uuid NOT NULL,
    user_id            uuid NOT NULL,
    create_time        timestamptz NOT NULL DEFAULT now(),
    next_attempt_time  timestamptz NOT NULL DEFAULT now(),
    attempts           integer NOT NULL DEFAULT 0,
    sent_time          timestamptz,
    failed_time        timestamptz,
    last_error         text,
    PRIMARY KEY (project_id, delivery_id),
    FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients ON DELETE CASCADE
);
CREATE INDEX logout_deliveries_due_idx ON tessera.logout_deliveries (next_attempt_time)
    WHERE sent_time IS NULL AND failed_time IS NULL;
CREATE INDEX logout_deliveries_done_idx ON tessera.logout_deliveries (create_time)
    WHERE sent_time IS NOT NULL OR failed_time IS NOT NULL;
CREATE INDEX logout_deliveries_client_idx ON tessera.logout_deliveries (project_id, client_id);

-- What ended is told to every front at once: "revoked <project> <id>", the id of a family, a session, a user, an organization
-- or a token.
CREATE TRIGGER notify_revoked AFTER UPDATE OF revoke_time ON tessera.token_families
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'family_id');
CREATE TRIGGER notify_revoked AFTER UPDATE OF revoke_time ON tessera.sessions
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'session_id');
CREATE TRIGGER notify_revoked AFTER INSERT ON tessera.revoked_access_tokens
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'jti');
CREATE TRIGGER notify_revoked AFTER UPDATE OF disabled OR DELETE ON tessera.users
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'user_id');
CREATE TRIGGER notify_revoked AFTER UPDATE OF logins_disabled ON tessera.organizations
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'organization_id');
-- What is known of a person is told too, but not that they signed in.
CREATE TRIGGER notify_user_changed AFTER UPDATE ON tessera.users
    FOR EACH ROW WHEN (to_jsonb(OLD) - 'last_sign_in_time' <> to_jsonb(NEW) - 'last_sign_in_time')
    EXECUTE FUNCTION tessera.notify_row('user', 'user_id');
CREATE TRIGGER notify_user_deleted AFTER DELETE ON tessera.users
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('user', 'user_id');

-- What ends together ends here, in the transaction that ends the first of it, whoever writes that
-- (docs/adr/0098-what-ends-together-ends-in-the-database.md).

-- A session: the families that do not outlive it, and the clients that asked to be told.
CREATE FUNCTION tessera.end_with_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tessera.token_families SET revoke_time = NEW.revoke_time, revoke_reason = NEW.revoke_reason
        WHERE project_id = NEW.project_id AND session_id = NEW.session_id AND NOT offline AND revoke_time IS NULL;
    INSERT INTO tessera.logout_deliveries (project_id, delivery_id, client_id, session_id, user_id)
        SELECT NEW.project_id, gen_random_uuid(), s.client_id, NEW.session_id, NEW.user_id
        FROM tessera.session_clients s JOIN tessera.clients c ON c.project_id = s.project_id AND c.client_id = s.client_id
        WHERE s.project_id = NEW.project_id AND s.session_id = NEW.session_id
            AND c.backchannel_logout_uri IS NOT NULL AND NOT c.disabled;
    RETURN NULL;
END $$;
CREATE TRIGGER end_with_session AFTER UPDATE OF revoke_time ON tessera.sessions
    FOR EACH ROW WHEN (OLD.revoke_time IS NULL AND NEW.revoke_time IS NOT NULL)
    EXECUTE FUNCTION tessera.end_with_session();

-- A person switched off or deleted: every session, and every family, those that outlive a session too.
CREATE FUNCTION tessera.end_with_user() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reason text := CASE TG_OP WHEN 'DELETE' THEN 'user_deleted' ELSE 'user_disabled' END;
BEGIN
    UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = reason
        WHERE project_id = OLD.project_id AND user_id = OLD.user_id AND revoke_time IS NULL;
    UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = reason
        WHERE project_id = OLD.project_id AND user_id = OLD.user_id AND revoke_time IS NULL;
    RETURN OLD;
END $$;
CREATE TRIGGER end_with_user_disabled AFTER UPDATE OF disabled ON tessera.users
    FOR EACH ROW WHEN (NEW.disabled AND NOT OLD.disabled) EXECUTE FUNCTION tessera.end_with_user();
-- Before: what hangs on the row is still there.
CREATE TRIGGER end_with_user_deleted BEFORE DELETE ON tessera.users
    FOR EACH ROW EXECUTE FUNCTION tessera.end_with_user();

-- A consent withdrawn: what was issued on it.
CREATE FUNCTION tessera.end_with_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = 'consent_withdrawn'
        WHERE project_id = OLD.project_id AND grant_id = OLD.grant_id AND revoke_time IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER end_with_grant AFTER DELETE ON tessera.grants
    FOR EACH ROW EXECUTE FUNCTION tessera.end_with_grant();

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['initial_access_tokens', 'authorization_requests', 'grants', 'grant_scopes',
        'token_families', 'authorization_codes', 'refresh_tokens', 'revoked_access_tokens', 'session_clients',
        'logout_deliveries'] LOOP
        EXECUTE format('ALTER TABLE tessera.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE tessera.%I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY realm ON tessera.%I USING (project_id = tessera.current_project())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT ON tessera.%I TO tessera_app', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['authorization_requests', 'token_families', 'authorization_codes', 'refresh_tokens',
        'revoked_access_tokens', 'logout_deliveries', 'initial_access_tokens'] LOOP
        EXECUTE format('CREATE POLICY system ON tessera.%I TO tessera_system USING (true)', tenant_table);
        EXECUTE format('GRANT SELECT, DELETE ON tessera.%I TO tessera_system', tenant_table);
    END LOOP;
END $$;
GRANT DELETE ON tessera.initial_access_tokens, tessera.grants, tessera.grant_scopes TO tessera_app;
GRANT UPDATE (uses_left) ON tessera.initial_access_tokens TO tessera_app;
GRANT UPDATE (consent_time, consent_user_id, finish_time) ON tessera.authorization_requests TO tessera_app;
GRANT UPDATE (update_time) ON tessera.grants TO tessera_app;
GRANT UPDATE (expire_time, revoke_time, revoke_reason) ON tessera.token_families TO tessera_app;
GRANT UPDATE (used_time) ON tessera.authorization_codes TO tessera_app;
GRANT UPDATE (rotate_time, successor_digest, successor_sealed, expire_time) ON tessera.refresh_tokens TO tessera_app;
GRANT UPDATE (next_attempt_time, attempts, sent_time, failed_time, last_error) ON tessera.logout_deliveries TO tessera_system;

-- What is over is deleted in batches that pass over rows in use (FOR UPDATE SKIP LOCKED), which needs the right to update one.
CREATE INDEX user_invites_expire_idx ON tessera.user_invites (expire_time);
GRANT UPDATE (expire_time) ON tessera.authorization_codes, tessera.refresh_tokens, tessera.token_families,
    tessera.revoked_access_tokens, tessera.authorization_requests, tessera.login_flows, tessera.sessions, tessera.user_invites,
    tessera.initial_access_tokens TO tessera_system;
GRANT UPDATE (window_end) ON tessera.rate_counters TO tessera_system;
