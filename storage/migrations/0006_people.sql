-- People: organizations, users, what proves who they are, their sessions, the sign-in in progress, mail to them.
-- Instants are stored, states are derived. Whatever is used once is consumed by one UPDATE that says so in its WHERE.

ALTER TABLE tessera.projects
    ADD COLUMN log_in_with_github boolean NOT NULL DEFAULT false,
    ADD COLUMN log_in_with_oidc boolean NOT NULL DEFAULT false,
    ADD COLUMN github_oauth_client_id text,
    ADD COLUMN github_oauth_client_secret_sealed bytea,
    ADD COLUMN logins_disabled boolean NOT NULL DEFAULT false,
    ADD COLUMN self_serve_create_organizations boolean NOT NULL DEFAULT false,
    ADD COLUMN self_serve_create_users boolean NOT NULL DEFAULT false,
    ADD COLUMN auto_create_organizations boolean NOT NULL DEFAULT false,
    ADD COLUMN api_keys_enabled boolean NOT NULL DEFAULT false,
    ADD COLUMN api_key_secret_token_prefix text,
    ADD COLUMN audit_logs_enabled boolean NOT NULL DEFAULT true,
    -- Set: everybody belongs to this organization and nobody sees one (single-organization mode).
    ADD COLUMN sole_organization_id uuid,
    ADD COLUMN session_lifetime_s integer NOT NULL DEFAULT 604800,
    ADD COLUMN session_idle_s integer NOT NULL DEFAULT 86400,
    ADD COLUMN refresh_token_lifetime_s integer NOT NULL DEFAULT 2592000,
    ADD COLUMN refresh_token_idle_s integer NOT NULL DEFAULT 1209600,
    ADD COLUMN default_locale text NOT NULL DEFAULT 'en',
    ADD CONSTRAINT projects_session_check CHECK (
        session_lifetime_s BETWEEN 300 AND 31536000 AND session_idle_s BETWEEN 300 AND session_lifetime_s),
    ADD CONSTRAINT projects_refresh_check CHECK (
        refresh_token_lifetime_s BETWEEN 300 AND 31536000 AND refresh_token_idle_s BETWEEN 300 AND refresh_token_lifetime_s),
    ADD CONSTRAINT projects_api_key_prefix_check CHECK (api_key_secret_token_prefix ~ '^[a-z0-9_]{1,64}$');

CREATE INDEX projects_trusted_idx ON tessera.projects (project_id) WHERE trusted_domains <> '{}';

-- How a project's hosted pages look. No row: Tessera's own look.
CREATE TABLE tessera.project_branding (
    project_id      uuid PRIMARY KEY REFERENCES tessera.projects,
    name            text,
    logo_png        bytea,
    logo_dark_png   bytea,
    primary_color   text,
    accent_color    text,
    update_time     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_branding_name_check CHECK (length(name) BETWEEN 1 AND 128),
    CONSTRAINT project_branding_logo_check CHECK (octet_length(logo_png) <= 262144 AND octet_length(logo_dark_png) <= 262144),
    CONSTRAINT project_branding_color_check CHECK (
        primary_color ~ '^#[0-9a-f]{6}$' AND accent_color ~ '^#[0-9a-f]{6}$')
);

-- A customer of the project. A method counts only where the project has it too.
CREATE TABLE tessera.organizations (
    project_id                     uuid NOT NULL REFERENCES tessera.projects,
    organization_id                uuid NOT NULL,
    display_name                   text NOT NULL,
    log_in_with_google             boolean NOT NULL,
    log_in_with_microsoft          boolean NOT NULL,
    log_in_with_github             boolean NOT NULL,
    log_in_with_email              boolean NOT NULL,
    log_in_with_password           boolean NOT NULL,
    log_in_with_saml               boolean NOT NULL,
    log_in_with_oidc               boolean NOT NULL,
    log_in_with_authenticator_app  boolean NOT NULL,
    log_in_with_passkey            boolean NOT NULL,
    require_mfa                    boolean NOT NULL DEFAULT false,
    second_factor_after_sso        boolean NOT NULL DEFAULT false,
    scim_enabled                   boolean NOT NULL DEFAULT false,
    custom_roles_enabled           boolean NOT NULL DEFAULT false,
    api_keys_enabled               boolean NOT NULL DEFAULT false,
    logins_disabled                boolean NOT NULL DEFAULT false,
    create_time                    timestamptz NOT NULL DEFAULT now(),
    update_time                    timestamptz NOT NULL DEFAULT now(),
    revision                       bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, organization_id),
    CONSTRAINT organizations_display_name_check CHECK (length(display_name) BETWEEN 1 AND 256),
    CONSTRAINT organizations_mfa_check CHECK (
        NOT require_mfa OR log_in_with_authenticator_app OR log_in_with_passkey)
);
ALTER TABLE tessera.projects ADD CONSTRAINT projects_sole_organization_fkey
    FOREIGN KEY (project_id, sole_organization_id) REFERENCES tessera.organizations (project_id, organization_id)
    -- The two are made in one transaction, the project first; the organization never goes away.
    ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX projects_sole_organization_idx ON tessera.projects (project_id, sole_organization_id);

-- Whose addresses, Google workspaces and Microsoft tenants an organization speaks for. Several may name the same one.
CREATE TABLE tessera.organization_domains (
    project_id       uuid NOT NULL,
    organization_id  uuid NOT NULL,
    domain           text NOT NULL,
    PRIMARY KEY (project_id, organization_id, domain),
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE,
    CONSTRAINT organization_domains_check CHECK (domain = lower(domain) AND length(domain) BETWEEN 1 AND 253)
);
CREATE INDEX organization_domains_domain_idx ON tessera.organization_domains (project_id, domain);
CREATE TABLE tessera.organization_google_hosted_domains (
    project_id       uuid NOT NULL,
    organization_id  uuid NOT NULL,
    hosted_domain    text NOT NULL,
    PRIMARY KEY (project_id, organization_id, hosted_domain),
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE
);
CREATE TABLE tessera.organization_microsoft_tenant_ids (
    project_id       uuid NOT NULL,
    organization_id  uuid NOT NULL,
    tenant_id        text NOT NULL,
    PRIMARY KEY (project_id, organization_id, tenant_id),
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE
);

-- A person in one organization. The claims are those of OpenID Connect Core §5.1; the verified flags are the system's.
CREATE TABLE tessera.users (
    project_id             uuid NOT NULL,
    user_id                uuid NOT NULL,
    organization_id        uuid NOT NULL,
    email                  text NOT NULL,
    email_verified         boolean NOT NULL DEFAULT false,
    owner                  boolean NOT NULL DEFAULT false,
    disabled               boolean NOT NULL DEFAULT false,
    google_user_id         text,
    microsoft_user_id      text,
    github_user_id         text,
    display_name           text,
    profile_picture_url    text,
    given_name             text,
    family_name            text,
    middle_name            text,
    nickname               text,
    preferred_username     text,
    profile                text,
    website                text,
    gender                 text,
    birthdate              text,
    zoneinfo               text,
    locale                 text,
    phone_number           text,
    phone_number_verified  boolean NOT NULL DEFAULT false,
    address_formatted      text,
    address_street         text,
    address_locality       text,
    address_region         text,
    address_postal_code    text,
    address_country        text,
    create_time            timestamptz NOT NULL DEFAULT now(),
    update_time            timestamptz NOT NULL DEFAULT now(),
    last_sign_in_time      timestamptz,
    revision               bigint NOT NULL DEFAULT 1,
    -- What is looked up by. A column and no expression: under row-level security PostgreSQL uses no index over lower(email), for
    -- lower() is not leakproof, and reads every person of the realm instead.
    folded_email           text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
    PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE,
    CONSTRAINT users_organization_key UNIQUE (project_id, organization_id, user_id),
    CONSTRAINT users_google_key UNIQUE (project_id, organization_id, google_user_id),
    CONSTRAINT users_microsoft_key UNIQUE (project_id, organization_id, microsoft_user_id),
    CONSTRAINT users_github_key UNIQUE (project_id, organization_id, github_user_id),
    CONSTRAINT users_email_check CHECK (length(email) BETWEEN 3 AND 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    CONSTRAINT users_birthdate_check CHECK (birthdate ~ '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$'),
    CONSTRAINT users_texts_check CHECK (
        length(display_name) <= 256 AND length(profile_picture_url) <= 2048 AND length(given_name) <= 256
        AND length(family_name) <= 256 AND length(middle_name) <= 256 AND length(nickname) <= 256
        AND length(preferred_username) <= 256 AND length(profile) <= 2048 AND length(website) <= 2048
        AND length(gender) <= 64 AND length(zoneinfo) <= 64 AND length(locale) <= 35 AND length(phone_number) <= 64
        AND length(address_formatted) <= 1024 AND length(address_street) <= 512 AND length(address_locality) <= 256
        AND length(address_region) <= 256 AND length(address_postal_code) <= 64 AND length(address_country) <= 256)
);
-- An address is one person of an organization in any case of letters.
CREATE UNIQUE INDEX users_email_key ON tessera.users (project_id, organization_id, folded_email);
CREATE INDEX users_address_idx ON tessera.users (project_id, folded_email);

-- An organization that has an owner keeps one who is not disabled. Whoever takes an owner away does so in turn, on the
-- organization's row; what is deleted with its organization is not looked at, for then that row is gone.
CREATE FUNCTION tessera.keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.owner AND NOT NEW.disabled THEN
        RETURN NEW;
    END IF;
    PERFORM FROM tessera.organizations
        WHERE project_id = OLD.project_id AND organization_id = OLD.organization_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM tessera.users
        WHERE project_id = OLD.project_id AND organization_id = OLD.organization_id AND user_id <> OLD.user_id
          AND owner AND NOT disabled) THEN
        RAISE EXCEPTION 'the organization has no other owner' USING ERRCODE = 'check_violation',
            SCHEMA = 'tessera', TABLE = 'users', CONSTRAINT = 'users_last_owner';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_an_owner BEFORE UPDATE OF owner, disabled OR DELETE ON tessera.users
    FOR EACH ROW WHEN (OLD.owner AND NOT OLD.disabled) EXECUTE FUNCTION tessera.keep_an_owner();
CREATE INDEX users_owner_idx ON tessera.users (project_id, organization_id) WHERE owner AND NOT disabled;

CREATE TABLE tessera.user_invites (
    project_id       uuid NOT NULL,
    invite_id        uuid NOT NULL,
    organization_id  uuid NOT NULL,
    email            text NOT NULL,
    owner            boolean NOT NULL DEFAULT false,
    create_time      timestamptz NOT NULL DEFAULT now(),
    update_time      timestamptz NOT NULL DEFAULT now(),
    expire_time      timestamptz NOT NULL,
    folded_email     text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
    PRIMARY KEY (project_id, invite_id),
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE,
    CONSTRAINT user_invites_email_check CHECK (length(email) BETWEEN 3 AND 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$')
);
CREATE UNIQUE INDEX user_invites_email_key ON tessera.user_invites (project_id, organization_id, folded_email);
CREATE INDEX user_invites_address_idx ON tessera.user_invites (project_id, folded_email);

-- Wrong guesses are counted in rate_counters, by address: an address nobody has locks like any other.
CREATE TABLE tessera.user_passwords (
    project_id           uuid NOT NULL,
    user_id              uuid NOT NULL,
    hash                 text NOT NULL,  -- PHC string, Argon2id
    set_time             timestamptz NOT NULL,
    PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    CONSTRAINT user_passwords_hash_check CHECK (hash LIKE '$argon2id$%' AND length(hash) <= 256)
);

CREATE TABLE tessera.user_authenticator_apps (
    project_id           uuid NOT NULL,
    user_id              uuid NOT NULL,
    secret_sealed        bytea NOT NULL,
    last_step            bigint NOT NULL,  -- RFC 6238 T of the newest code accepted: none older counts again
    create_time          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE
);

CREATE TABLE tessera.user_recovery_codes (
    project_id  uuid NOT NULL,
    user_id     uuid NOT NULL,
    digest      bytea NOT NULL,
    used_time   timestamptz,
    PRIMARY KEY (project_id, user_id, digest),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    CONSTRAINT user_recovery_codes_digest_check CHECK (octet_length(digest) = 32)
);

CREATE TABLE tessera.passkeys (
    project_id          uuid NOT NULL,
    passkey_id          uuid NOT NULL,
    user_id             uuid NOT NULL,
    name                text NOT NULL,
    credential_id       bytea NOT NULL,
    public_key          bytea NOT NULL,  -- COSE_Key (RFC 9052 §7)
    public_key_pkix     text NOT NULL,   -- the same, PEM
    algorithm           integer NOT NULL,
    aaguid              uuid NOT NULL,
    rp_id               text NOT NULL,
    sign_count          bigint NOT NULL,
    discoverable        boolean NOT NULL,
    backup_eligible     boolean NOT NULL,
    backed_up           boolean NOT NULL,
    transports          text[] NOT NULL,
    attestation_format  text NOT NULL,
    attestation         bytea NOT NULL,
    disabled            boolean NOT NULL DEFAULT false,
    create_time         timestamptz NOT NULL DEFAULT now(),
    update_time         timestamptz NOT NULL DEFAULT now(),
    last_used_time      timestamptz,
    PRIMARY KEY (project_id, passkey_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    CONSTRAINT passkeys_credential_key UNIQUE (project_id, credential_id),
    CONSTRAINT passkeys_size_check CHECK (octet_length(credential_id) BETWEEN 1 AND 1023
        AND octet_length(public_key) <= 2048 AND octet_length(attestation) <= 65536
        AND length(name) BETWEEN 1 AND 128)
);
CREATE INDEX passkeys_user_idx ON tessera.passkeys (project_id, user_id);

-- A browser sign-in. Its cookie is a random secret, kept as its SHA-256; ended when revoke_time is set, when expire_time has
-- come, or when nothing was heard for the project's idle time.
CREATE TABLE tessera.sessions (
    project_id           uuid NOT NULL,
    session_id           uuid NOT NULL,
    user_id              uuid NOT NULL,
    organization_id      uuid NOT NULL,
    token_digest         bytea NOT NULL,
    primary_auth_factor  text NOT NULL,
    amr                  text[] NOT NULL,
    acr                  text NOT NULL,
    auth_time            timestamptz NOT NULL,
    create_time          timestamptz NOT NULL,
    last_active_time     timestamptz NOT NULL,
    expire_time          timestamptz NOT NULL,
    revoke_time          timestamptz,
    revoke_reason        text,
    device_id            uuid NOT NULL,
    ip                   text NOT NULL,
    user_agent           text NOT NULL,
    PRIMARY KEY (project_id, session_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    CONSTRAINT sessions_token_key UNIQUE (project_id, token_digest),
    CONSTRAINT sessions_token_check CHECK (octet_length(token_digest) = 32),
    CONSTRAINT sessions_factor_check CHECK (primary_auth_factor IN
        ('email', 'password', 'passkey', 'google', 'microsoft', 'github', 'saml', 'oidc', 'impersonation'))
) WITH (fillfactor = 80);
CREATE INDEX sessions_user_idx ON tessera.sessions (project_id, user_id);
CREATE INDEX sessions_expire_idx ON tessera.sessions (expire_time);

-- Browsers a user has signed in with: a new one is worth a mail.
CREATE TABLE tessera.user_devices (
    project_id       uuid NOT NULL,
    user_id          uuid NOT NULL,
    device_id        uuid NOT NULL,
    create_time      timestamptz NOT NULL,
    last_seen_time   timestamptz NOT NULL,
    PRIMARY KEY (project_id, user_id, device_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE
);

-- A sign-in in progress, bound to one browser. `step` grows by one with each step taken: an answer to an earlier step is late.
CREATE TABLE tessera.login_flows (
    project_id                    uuid NOT NULL REFERENCES tessera.projects,
    flow_id                       uuid NOT NULL,
    browser_digest                bytea NOT NULL,
    purpose                       text NOT NULL,
    return_path                   text NOT NULL,  -- below the realm's own path
    step                          integer NOT NULL DEFAULT 0,
    wanted_user_id                uuid,
    wanted_acr                    text,
    wanted_auth_time              timestamptz,    -- a sign-in before this does not do
    login_hint                    text,
    locale                        text NOT NULL,
    redirect_target               text,           -- absolute URL the browser is sent on to in the end: the pages' policy lists it
    client_name                   text,           -- who asked, for the pages; absent: we ourselves
    email                         text,
    organization_id               uuid,
    user_id                       uuid,
    session_id                    uuid,           -- the browser's own, when its person chose to stay who they are
    primary_factor                text,
    email_verified_time           timestamptz,
    password_verified_time        timestamptz,
    authenticator_app_verified_time timestamptz,
    recovery_code_used_time       timestamptz,
    passkey_verified_time         timestamptz,
    passkey_user_verified         boolean NOT NULL DEFAULT false,
    reset_verified_time           timestamptz,
    display_name                  text,
    pending_secret_sealed         bytea,          -- of an authenticator app not yet proved; then recovery codes not yet seen
    recovery_codes_seen           boolean NOT NULL DEFAULT true,
    create_time                   timestamptz NOT NULL,
    expire_time                   timestamptz NOT NULL,
    finish_time                   timestamptz,
    PRIMARY KEY (project_id, flow_id),
    FOREIGN KEY (project_id, user_id) REFERENCES tessera.users ON DELETE CASCADE,
    FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations ON DELETE CASCADE,
    CONSTRAINT login_flows_purpose_check CHECK (purpose IN
        ('sign_in', 'sign_up', 'select_account', 'enrol')),
    CONSTRAINT login_flows_browser_check CHECK (octet_length(browser_digest) = 32),
    CONSTRAINT login_flows_return_check CHECK (return_path ~ '^/[A-Za-z0-9._~?=&/-]*$' AND length(return_path) <= 513)
) WITH (fillfactor = 80);
CREATE INDEX login_flows_expire_idx ON tessera.login_flows (expire_time);
CREATE INDEX login_flows_user_idx ON tessera.login_flows (project_id, user_id);
CREATE INDEX login_flows_organization_idx ON tessera.login_flows (project_id, organization_id);

-- A code sent by mail: six digits to type, or a link for the browser that began. Attempts are counted before they are judged.
CREATE TABLE tessera.email_codes (
    project_id     uuid NOT NULL,
    flow_id        uuid NOT NULL,
    purpose        text NOT NULL,
    email          text NOT NULL,
    code_digest    bytea NOT NULL,
    link_digest    bytea NOT NULL,
    attempts       integer NOT NULL DEFAULT 0,
    create_time    timestamptz NOT NULL,
    expire_time    timestamptz NOT NULL,
    used_time      timestamptz,
    PRIMARY KEY (project_id, flow_id, purpose),
    FOREIGN KEY (project_id, flow_id) REFERENCES tessera.login_flows ON DELETE CASCADE,
    CONSTRAINT email_codes_purpose_check CHECK (purpose IN ('verify', 'reset'))
);

-- How often something happened in a window: one statement counts and tells, on every front alike.
CREATE TABLE tessera.rate_counters (
    project_id    uuid NOT NULL REFERENCES tessera.projects,
    bucket        bytea NOT NULL,  -- SHA-256 of what is counted
    window_end    timestamptz NOT NULL,
    count         integer NOT NULL,
    PRIMARY KEY (project_id, bucket)
) WITH (fillfactor = 70);
CREATE INDEX rate_counters_window_idx ON tessera.rate_counters (window_end);

-- Mail to be sent. What it says is sealed by keyd, for it may hold a code, and emptied when the mail is sent or given up.
CREATE TABLE tessera.mail_outbox (
    project_id         uuid NOT NULL REFERENCES tessera.projects,
    mail_id            uuid NOT NULL,
    recipient          text NOT NULL,
    template           text NOT NULL,
    locale             text NOT NULL,
    values_sealed      bytea,
    create_time        timestamptz NOT NULL DEFAULT now(),
    valid_until        timestamptz NOT NULL,
    next_attempt_time  timestamptz NOT NULL DEFAULT now(),
    attempts           integer NOT NULL DEFAULT 0,
    sent_time          timestamptz,
    failed_time        timestamptz,
    last_error         text,
    PRIMARY KEY (project_id, mail_id),
    CONSTRAINT mail_outbox_recipient_check CHECK (length(recipient) BETWEEN 3 AND 254)
);
CREATE INDEX mail_outbox_due_idx ON tessera.mail_outbox (next_attempt_time)
    WHERE sent_time IS NULL AND failed_time IS NULL;
CREATE INDEX mail_outbox_done_idx ON tessera.mail_outbox (create_time)
    WHERE sent_time IS NOT NULL OR failed_time IS NOT NULL;

CREATE FUNCTION tessera.notify_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tessera_mail', '');
    RETURN NULL;
END $$;
CREATE TRIGGER notify AFTER INSERT ON tessera.mail_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION tessera.notify_mail();

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['project_branding', 'organizations', 'organization_domains',
        'organization_google_hosted_domains', 'organization_microsoft_tenant_ids', 'users', 'user_invites', 'user_passwords',
        'user_authenticator_apps', 'user_recovery_codes', 'passkeys', 'sessions', 'user_devices', 'login_flows',
        'email_codes', 'rate_counters', 'mail_outbox'] LOOP
        EXECUTE format('ALTER TABLE tessera.%I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE tessera.%I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY realm ON tessera.%I USING (project_id = tessera.current_project())', tenant_table);
        EXECUTE format('GRANT SELECT, INSERT ON tessera.%I TO tessera_app', tenant_table);
    END LOOP;
    -- A session, a flow, a code or a mail ends by an instant; the rows themselves are cleaned away across realms.
    FOREACH tenant_table IN ARRAY ARRAY['project_branding', 'organizations', 'organization_domains',
        'organization_google_hosted_domains', 'organization_microsoft_tenant_ids', 'users', 'user_invites', 'user_passwords',
        'user_authenticator_apps', 'user_recovery_codes', 'passkeys'] LOOP
        EXECUTE format('GRANT DELETE ON tessera.%I TO tessera_app', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['sessions', 'login_flows', 'rate_counters', 'mail_outbox', 'user_invites'] LOOP
        EXECUTE format('CREATE POLICY system ON tessera.%I TO tessera_system USING (true)', tenant_table);
        EXECUTE format('GRANT SELECT, DELETE ON tessera.%I TO tessera_system', tenant_table);
    END LOOP;
END $$;

GRANT UPDATE (log_in_with_github, log_in_with_oidc, github_oauth_client_id, github_oauth_client_secret_sealed,
    logins_disabled, self_serve_create_organizations, self_serve_create_users, auto_create_organizations, api_keys_enabled,
    api_key_secret_token_prefix, audit_logs_enabled, session_lifetime_s, session_idle_s,
    refresh_token_lifetime_s, refresh_token_idle_s, default_locale) ON tessera.projects TO tessera_app;
GRANT UPDATE (name, logo_png, logo_dark_png, primary_color, accent_color, update_time)
    ON tessera.project_branding TO tessera_app;
GRANT UPDATE (display_name, log_in_with_google, log_in_with_microsoft, log_in_with_github, log_in_with_email,
    log_in_with_password, log_in_with_saml, log_in_with_oidc, log_in_with_authenticator_app, log_in_with_passkey,
    require_mfa, second_factor_after_sso, scim_enabled, custom_roles_enabled, api_keys_enabled, logins_disabled,
    update_time, revision) ON tessera.organizations TO tessera_app;

GRANT UPDATE (email, email_verified, owner, disabled, display_name, profile_picture_url, given_name, family_name,
    middle_name, nickname, preferred_username, profile, website, gender, birthdate, zoneinfo, locale, phone_number,
    phone_number_verified, address_formatted, address_street, address_locality, address_region, address_postal_code,
    address_country, update_time, last_sign_in_time, revision)
    ON tessera.users TO tessera_app;
-- Made with its project, by whoever makes that.
CREATE POLICY system ON tessera.organizations FOR INSERT TO tessera_system WITH CHECK (true);
GRANT INSERT ON tessera.organizations TO tessera_system;
GRANT UPDATE (owner, update_time, expire_time) ON tessera.user_invites TO tessera_app;
GRANT UPDATE (hash, set_time) ON tessera.user_passwords TO tessera_app;
GRANT UPDATE (secret_sealed, last_step, create_time) ON tessera.user_authenticator_apps TO tessera_app;
GRANT UPDATE (used_time) ON tessera.user_recovery_codes TO tessera_app;
GRANT UPDATE (name, sign_count, backed_up, disabled, update_time, last_used_time) ON tessera.passkeys TO tessera_app;
GRANT UPDATE (token_digest, amr, acr, auth_time, primary_auth_factor, last_active_time, revoke_time, revoke_reason)
    ON tessera.sessions TO tessera_app;
GRANT UPDATE (last_seen_time) ON tessera.user_devices TO tessera_app;
GRANT UPDATE (step, locale, email, organization_id, user_id, session_id, primary_factor, email_verified_time,
    password_verified_time, authenticator_app_verified_time, recovery_code_used_time, passkey_verified_time,
    passkey_user_verified, reset_verified_time, display_name, pending_secret_sealed, recovery_codes_seen, purpose, expire_time,
    finish_time) ON tessera.login_flows TO tessera_app;
GRANT UPDATE (email, code_digest, link_digest, attempts, create_time, expire_time, used_time)
    ON tessera.email_codes TO tessera_app;
GRANT DELETE ON tessera.email_codes TO tessera_app;
GRANT UPDATE (window_end, count), DELETE ON tessera.rate_counters TO tessera_app;
GRANT UPDATE (values_sealed, next_attempt_time, attempts, sent_time, failed_time, last_error)
    ON tessera.mail_outbox TO tessera_system;

-- The name people see is part of the realm's record.
CREATE FUNCTION tessera.notify_branding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tessera_changed', 'project ' || project_id || ' ' || slug)
        FROM tessera.projects WHERE project_id = NEW.project_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER notify AFTER INSERT OR UPDATE ON tessera.project_branding
    FOR EACH ROW EXECUTE FUNCTION tessera.notify_branding();
