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
-- Name: end_with_grant(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.end_with_grant() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = 'consent_withdrawn'
        WHERE project_id = OLD.project_id AND grant_id = OLD.grant_id AND revoke_time IS NULL;
    RETURN NULL;
END $$;


ALTER FUNCTION tessera.end_with_grant() OWNER TO tessera_owner;

--
-- Name: end_with_session(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.end_with_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


ALTER FUNCTION tessera.end_with_session() OWNER TO tessera_owner;

--
-- Name: end_with_user(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.end_with_user() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    reason text := CASE TG_OP WHEN 'DELETE' THEN 'user_deleted' ELSE 'user_disabled' END;
BEGIN
    UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = reason
        WHERE project_id = OLD.project_id AND user_id = OLD.user_id AND revoke_time IS NULL;
    UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = reason
        WHERE project_id = OLD.project_id AND user_id = OLD.user_id AND revoke_time IS NULL;
    RETURN OLD;
END $$;


ALTER FUNCTION tessera.end_with_user() OWNER TO tessera_owner;

--
-- Name: keep_an_owner(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.keep_an_owner() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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


ALTER FUNCTION tessera.keep_an_owner() OWNER TO tessera_owner;

--
-- Name: notify_branding(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.notify_branding() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('tessera_changed', 'project ' || project_id || ' ' || slug)
        FROM tessera.projects WHERE project_id = NEW.project_id;
    RETURN NULL;
END
$$;


ALTER FUNCTION tessera.notify_branding() OWNER TO tessera_owner;

--
-- Name: notify_mail(); Type: FUNCTION; Schema: tessera; Owner: tessera_owner
--

CREATE FUNCTION tessera.notify_mail() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('tessera_mail', '');
    RETURN NULL;
END $$;


ALTER FUNCTION tessera.notify_mail() OWNER TO tessera_owner;

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
-- Name: authorization_codes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.authorization_codes (
    project_id uuid NOT NULL,
    digest bytea NOT NULL,
    family_id uuid NOT NULL,
    client_id uuid NOT NULL,
    code_challenge text,
    expire_time timestamp with time zone NOT NULL,
    used_time timestamp with time zone
)
WITH (fillfactor='85');

ALTER TABLE ONLY tessera.authorization_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.authorization_codes OWNER TO tessera_owner;

--
-- Name: authorization_requests; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.authorization_requests (
    project_id uuid NOT NULL,
    request_id uuid NOT NULL,
    browser_digest bytea NOT NULL,
    client_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    response_mode text NOT NULL,
    state text,
    scope text NOT NULL,
    resources text[] NOT NULL,
    nonce text,
    code_challenge text,
    prompt text[] NOT NULL,
    max_age_s bigint,
    acr_values text,
    claims text,
    login_hint text,
    hinted_user_id uuid,
    ui_locales text,
    display text,
    create_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    consent_time timestamp with time zone,
    consent_user_id uuid,
    finish_time timestamp with time zone,
    CONSTRAINT authorization_requests_browser_check CHECK ((octet_length(browser_digest) = 32)),
    CONSTRAINT authorization_requests_mode_check CHECK ((response_mode = ANY (ARRAY['query'::text, 'form_post'::text])))
);

ALTER TABLE ONLY tessera.authorization_requests FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.authorization_requests OWNER TO tessera_owner;

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
    application_type text DEFAULT 'web'::text NOT NULL,
    redirect_uris text[] DEFAULT '{}'::text[] NOT NULL,
    post_logout_redirect_uris text[] DEFAULT '{}'::text[] NOT NULL,
    scopes text[] DEFAULT '{openid,profile,email,address,phone,offline_access}'::text[] NOT NULL,
    trusted boolean DEFAULT true NOT NULL,
    skip_consent boolean DEFAULT false NOT NULL,
    subject_type text DEFAULT 'public'::text NOT NULL,
    sector_identifier_uri text,
    id_token_signed_response_alg text,
    userinfo_signed_response_alg text,
    introspection_signed_response_alg text,
    default_max_age_s integer,
    require_auth_time boolean DEFAULT false NOT NULL,
    initiate_login_uri text,
    frontchannel_logout_uri text,
    backchannel_logout_uri text,
    client_uri text,
    logo_uri text,
    policy_uri text,
    tos_uri text,
    contacts text[] DEFAULT '{}'::text[] NOT NULL,
    jwks_uri text,
    software_id text,
    software_version text,
    introspection_allowed boolean DEFAULT false NOT NULL,
    registration_token_digest bytea,
    CONSTRAINT clients_access_token_alg_check CHECK ((access_token_signing_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text]))),
    CONSTRAINT clients_algs_check CHECK (((id_token_signed_response_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text])) AND (userinfo_signed_response_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text])) AND (introspection_signed_response_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text])))),
    CONSTRAINT clients_application_type_check CHECK ((application_type = ANY (ARRAY['web'::text, 'native'::text, 'browser'::text]))),
    CONSTRAINT clients_assertion_audience_check CHECK ((assertion_audience = ANY (ARRAY['issuer'::text, 'issuer_or_endpoint'::text]))),
    CONSTRAINT clients_auth_method_check CHECK ((token_endpoint_auth_method = ANY (ARRAY['client_secret_basic'::text, 'client_secret_post'::text, 'private_key_jwt'::text, 'none'::text]))),
    CONSTRAINT clients_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT clients_jwks_check CHECK (((jwks IS NULL) OR (jwks_uri IS NULL))),
    CONSTRAINT clients_lifetime_check CHECK (((access_token_lifetime_s = 0) OR ((access_token_lifetime_s >= 30) AND (access_token_lifetime_s <= 3600)))),
    CONSTRAINT clients_profile_check CHECK ((profile = ANY (ARRAY['mcp_public'::text, 'web_confidential'::text, 'oidc_legacy'::text, 'fapi2'::text, 'workload'::text, 'agent'::text]))),
    CONSTRAINT clients_registration_token_check CHECK ((octet_length(registration_token_digest) = 32)),
    CONSTRAINT clients_signing_alg_check CHECK ((token_endpoint_auth_signing_alg = ANY (ARRAY['ES256'::text, 'RS256'::text, 'PS256'::text, 'EdDSA'::text]))),
    CONSTRAINT clients_subject_type_check CHECK ((subject_type = ANY (ARRAY['public'::text, 'pairwise'::text]))),
    CONSTRAINT clients_uris_check CHECK (((cardinality(redirect_uris) <= 64) AND (cardinality(post_logout_redirect_uris) <= 64)))
);

ALTER TABLE ONLY tessera.clients FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.clients OWNER TO tessera_owner;

--
-- Name: email_codes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.email_codes (
    project_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    purpose text NOT NULL,
    email text NOT NULL,
    code_digest bytea NOT NULL,
    link_digest bytea NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    create_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    used_time timestamp with time zone,
    CONSTRAINT email_codes_purpose_check CHECK ((purpose = ANY (ARRAY['verify'::text, 'reset'::text])))
);

ALTER TABLE ONLY tessera.email_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.email_codes OWNER TO tessera_owner;

--
-- Name: grant_scopes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.grant_scopes (
    project_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    resource text NOT NULL,
    scope text NOT NULL
);

ALTER TABLE ONLY tessera.grant_scopes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.grant_scopes OWNER TO tessera_owner;

--
-- Name: grants; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.grants (
    project_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    client_id uuid NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY tessera.grants FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.grants OWNER TO tessera_owner;

--
-- Name: initial_access_tokens; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.initial_access_tokens (
    project_id uuid NOT NULL,
    token_id uuid NOT NULL,
    digest bytea NOT NULL,
    uses_left integer NOT NULL,
    trusted boolean DEFAULT false NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    CONSTRAINT initial_access_tokens_uses_check CHECK ((uses_left >= 0))
);

ALTER TABLE ONLY tessera.initial_access_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.initial_access_tokens OWNER TO tessera_owner;

--
-- Name: login_flows; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.login_flows (
    project_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    browser_digest bytea NOT NULL,
    purpose text NOT NULL,
    return_path text NOT NULL,
    step integer DEFAULT 0 NOT NULL,
    wanted_user_id uuid,
    wanted_acr text,
    wanted_auth_time timestamp with time zone,
    login_hint text,
    locale text NOT NULL,
    redirect_target text,
    client_name text,
    email text,
    organization_id uuid,
    user_id uuid,
    session_id uuid,
    primary_factor text,
    email_verified_time timestamp with time zone,
    password_verified_time timestamp with time zone,
    authenticator_app_verified_time timestamp with time zone,
    recovery_code_used_time timestamp with time zone,
    passkey_verified_time timestamp with time zone,
    passkey_user_verified boolean DEFAULT false NOT NULL,
    reset_verified_time timestamp with time zone,
    display_name text,
    pending_secret_sealed bytea,
    recovery_codes_seen boolean DEFAULT true NOT NULL,
    create_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    finish_time timestamp with time zone,
    CONSTRAINT login_flows_browser_check CHECK ((octet_length(browser_digest) = 32)),
    CONSTRAINT login_flows_purpose_check CHECK ((purpose = ANY (ARRAY['sign_in'::text, 'sign_up'::text, 'select_account'::text, 'enrol'::text]))),
    CONSTRAINT login_flows_return_check CHECK (((return_path ~ '^/[A-Za-z0-9._~?=&/-]*$'::text) AND (length(return_path) <= 513)))
)
WITH (fillfactor='80');

ALTER TABLE ONLY tessera.login_flows FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.login_flows OWNER TO tessera_owner;

--
-- Name: logout_deliveries; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.logout_deliveries (
    project_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    client_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    next_attempt_time timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    sent_time timestamp with time zone,
    failed_time timestamp with time zone,
    last_error text
);

ALTER TABLE ONLY tessera.logout_deliveries FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.logout_deliveries OWNER TO tessera_owner;

--
-- Name: mail_outbox; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.mail_outbox (
    project_id uuid NOT NULL,
    mail_id uuid NOT NULL,
    recipient text NOT NULL,
    template text NOT NULL,
    locale text NOT NULL,
    values_sealed bytea,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    next_attempt_time timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    sent_time timestamp with time zone,
    failed_time timestamp with time zone,
    last_error text,
    CONSTRAINT mail_outbox_recipient_check CHECK (((length(recipient) >= 3) AND (length(recipient) <= 254)))
);

ALTER TABLE ONLY tessera.mail_outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.mail_outbox OWNER TO tessera_owner;

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
-- Name: organization_domains; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.organization_domains (
    project_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    domain text NOT NULL,
    CONSTRAINT organization_domains_check CHECK (((domain = lower(domain)) AND ((length(domain) >= 1) AND (length(domain) <= 253))))
);

ALTER TABLE ONLY tessera.organization_domains FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.organization_domains OWNER TO tessera_owner;

--
-- Name: organization_google_hosted_domains; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.organization_google_hosted_domains (
    project_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    hosted_domain text NOT NULL
);

ALTER TABLE ONLY tessera.organization_google_hosted_domains FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.organization_google_hosted_domains OWNER TO tessera_owner;

--
-- Name: organization_microsoft_tenant_ids; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.organization_microsoft_tenant_ids (
    project_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    tenant_id text NOT NULL
);

ALTER TABLE ONLY tessera.organization_microsoft_tenant_ids FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.organization_microsoft_tenant_ids OWNER TO tessera_owner;

--
-- Name: organizations; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.organizations (
    project_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    display_name text NOT NULL,
    log_in_with_google boolean NOT NULL,
    log_in_with_microsoft boolean NOT NULL,
    log_in_with_github boolean NOT NULL,
    log_in_with_email boolean NOT NULL,
    log_in_with_password boolean NOT NULL,
    log_in_with_saml boolean NOT NULL,
    log_in_with_oidc boolean NOT NULL,
    log_in_with_authenticator_app boolean NOT NULL,
    log_in_with_passkey boolean NOT NULL,
    require_mfa boolean DEFAULT false NOT NULL,
    second_factor_after_sso boolean DEFAULT false NOT NULL,
    scim_enabled boolean DEFAULT false NOT NULL,
    custom_roles_enabled boolean DEFAULT false NOT NULL,
    api_keys_enabled boolean DEFAULT false NOT NULL,
    logins_disabled boolean DEFAULT false NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT organizations_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT organizations_mfa_check CHECK (((NOT require_mfa) OR log_in_with_authenticator_app OR log_in_with_passkey))
);

ALTER TABLE ONLY tessera.organizations FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.organizations OWNER TO tessera_owner;

--
-- Name: passkeys; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.passkeys (
    project_id uuid NOT NULL,
    passkey_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    public_key_pkix text NOT NULL,
    algorithm integer NOT NULL,
    aaguid uuid NOT NULL,
    rp_id text NOT NULL,
    sign_count bigint NOT NULL,
    discoverable boolean NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    transports text[] NOT NULL,
    attestation_format text NOT NULL,
    attestation bytea NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    last_used_time timestamp with time zone,
    CONSTRAINT passkeys_size_check CHECK ((((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023)) AND (octet_length(public_key) <= 2048) AND (octet_length(attestation) <= 65536) AND ((length(name) >= 1) AND (length(name) <= 128))))
);

ALTER TABLE ONLY tessera.passkeys FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.passkeys OWNER TO tessera_owner;

--
-- Name: project_branding; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.project_branding (
    project_id uuid NOT NULL,
    name text,
    logo_png bytea,
    logo_dark_png bytea,
    primary_color text,
    accent_color text,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT project_branding_color_check CHECK (((primary_color ~ '^#[0-9a-f]{6}$'::text) AND (accent_color ~ '^#[0-9a-f]{6}$'::text))),
    CONSTRAINT project_branding_logo_check CHECK (((octet_length(logo_png) <= 262144) AND (octet_length(logo_dark_png) <= 262144))),
    CONSTRAINT project_branding_name_check CHECK (((length(name) >= 1) AND (length(name) <= 128)))
);

ALTER TABLE ONLY tessera.project_branding FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.project_branding OWNER TO tessera_owner;

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
    log_in_with_github boolean DEFAULT false NOT NULL,
    log_in_with_oidc boolean DEFAULT false NOT NULL,
    github_oauth_client_id text,
    github_oauth_client_secret_sealed bytea,
    logins_disabled boolean DEFAULT false NOT NULL,
    self_serve_create_organizations boolean DEFAULT false NOT NULL,
    self_serve_create_users boolean DEFAULT false NOT NULL,
    auto_create_organizations boolean DEFAULT false NOT NULL,
    api_keys_enabled boolean DEFAULT false NOT NULL,
    api_key_secret_token_prefix text,
    audit_logs_enabled boolean DEFAULT true NOT NULL,
    sole_organization_id uuid,
    session_lifetime_s integer DEFAULT 604800 NOT NULL,
    session_idle_s integer DEFAULT 86400 NOT NULL,
    refresh_token_lifetime_s integer DEFAULT 2592000 NOT NULL,
    refresh_token_idle_s integer DEFAULT 1209600 NOT NULL,
    default_locale text DEFAULT 'en'::text NOT NULL,
    pairwise_salt bytea DEFAULT sha256((((gen_random_uuid())::text)::bytea || ((gen_random_uuid())::text)::bytea)) NOT NULL,
    registration_policy text DEFAULT 'off'::text NOT NULL,
    CONSTRAINT projects_access_token_lifetime_check CHECK (((access_token_lifetime_s >= 30) AND (access_token_lifetime_s <= 3600))),
    CONSTRAINT projects_api_key_prefix_check CHECK ((api_key_secret_token_prefix ~ '^[a-z0-9_]{1,64}$'::text)),
    CONSTRAINT projects_audit_retention_check CHECK (((audit_retention_days >= 0) AND (audit_retention_days <= 36500))),
    CONSTRAINT projects_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT projects_refresh_check CHECK ((((refresh_token_lifetime_s >= 300) AND (refresh_token_lifetime_s <= 31536000)) AND ((refresh_token_idle_s >= 300) AND (refresh_token_idle_s <= refresh_token_lifetime_s)))),
    CONSTRAINT projects_registration_check CHECK ((registration_policy = ANY (ARRAY['off'::text, 'token'::text, 'open'::text]))),
    CONSTRAINT projects_session_check CHECK ((((session_lifetime_s >= 300) AND (session_lifetime_s <= 31536000)) AND ((session_idle_s >= 300) AND (session_idle_s <= session_lifetime_s)))),
    CONSTRAINT projects_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
);

ALTER TABLE ONLY tessera.projects FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.projects OWNER TO tessera_owner;

--
-- Name: rate_counters; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.rate_counters (
    project_id uuid NOT NULL,
    bucket bytea NOT NULL,
    window_end timestamp with time zone NOT NULL,
    count integer NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY tessera.rate_counters FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.rate_counters OWNER TO tessera_owner;

--
-- Name: refresh_tokens; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.refresh_tokens (
    project_id uuid NOT NULL,
    digest bytea NOT NULL,
    family_id uuid NOT NULL,
    create_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    rotate_time timestamp with time zone,
    successor_digest bytea,
    successor_sealed bytea
)
WITH (fillfactor='85');

ALTER TABLE ONLY tessera.refresh_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.refresh_tokens OWNER TO tessera_owner;

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
    introspection_client_id uuid,
    CONSTRAINT resources_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 256))),
    CONSTRAINT resources_uri_check CHECK (((length(uri) >= 1) AND (length(uri) <= 2048)))
);

ALTER TABLE ONLY tessera.resources FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.resources OWNER TO tessera_owner;

--
-- Name: revoked_access_tokens; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.revoked_access_tokens (
    project_id uuid NOT NULL,
    jti text NOT NULL,
    expire_time timestamp with time zone NOT NULL
);

ALTER TABLE ONLY tessera.revoked_access_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.revoked_access_tokens OWNER TO tessera_owner;

--
-- Name: session_clients; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.session_clients (
    project_id uuid NOT NULL,
    session_id uuid NOT NULL,
    client_id uuid NOT NULL
);

ALTER TABLE ONLY tessera.session_clients FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.session_clients OWNER TO tessera_owner;

--
-- Name: sessions; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.sessions (
    project_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    token_digest bytea NOT NULL,
    primary_auth_factor text NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    auth_time timestamp with time zone NOT NULL,
    create_time timestamp with time zone NOT NULL,
    last_active_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    revoke_time timestamp with time zone,
    revoke_reason text,
    device_id uuid NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    CONSTRAINT sessions_factor_check CHECK ((primary_auth_factor = ANY (ARRAY['email'::text, 'password'::text, 'passkey'::text, 'google'::text, 'microsoft'::text, 'github'::text, 'saml'::text, 'oidc'::text, 'impersonation'::text]))),
    CONSTRAINT sessions_token_check CHECK ((octet_length(token_digest) = 32))
)
WITH (fillfactor='80');

ALTER TABLE ONLY tessera.sessions FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.sessions OWNER TO tessera_owner;

--
-- Name: token_families; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.token_families (
    project_id uuid NOT NULL,
    family_id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    session_id uuid NOT NULL,
    grant_id uuid,
    redirect_uri text NOT NULL,
    scope text NOT NULL,
    resources text[] NOT NULL,
    nonce text,
    claims text,
    auth_time timestamp with time zone NOT NULL,
    amr text[] NOT NULL,
    acr text NOT NULL,
    auth_time_asked boolean NOT NULL,
    offline boolean NOT NULL,
    create_time timestamp with time zone NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    revoke_time timestamp with time zone,
    revoke_reason text,
    family_text text NOT NULL,
    user_text text NOT NULL,
    session_text text NOT NULL
)
WITH (fillfactor='85');

ALTER TABLE ONLY tessera.token_families FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.token_families OWNER TO tessera_owner;

--
-- Name: user_authenticator_apps; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.user_authenticator_apps (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret_sealed bytea NOT NULL,
    last_step bigint NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY tessera.user_authenticator_apps FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.user_authenticator_apps OWNER TO tessera_owner;

--
-- Name: user_devices; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.user_devices (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    device_id uuid NOT NULL,
    create_time timestamp with time zone NOT NULL,
    last_seen_time timestamp with time zone NOT NULL
);

ALTER TABLE ONLY tessera.user_devices FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.user_devices OWNER TO tessera_owner;

--
-- Name: user_invites; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.user_invites (
    project_id uuid NOT NULL,
    invite_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    email text NOT NULL,
    owner boolean DEFAULT false NOT NULL,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    expire_time timestamp with time zone NOT NULL,
    folded_email text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    CONSTRAINT user_invites_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text)))
);

ALTER TABLE ONLY tessera.user_invites FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.user_invites OWNER TO tessera_owner;

--
-- Name: user_passwords; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.user_passwords (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    hash text NOT NULL,
    set_time timestamp with time zone NOT NULL,
    CONSTRAINT user_passwords_hash_check CHECK (((hash ~~ '$argon2id$%'::text) AND (length(hash) <= 256)))
);

ALTER TABLE ONLY tessera.user_passwords FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.user_passwords OWNER TO tessera_owner;

--
-- Name: user_recovery_codes; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.user_recovery_codes (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    used_time timestamp with time zone,
    CONSTRAINT user_recovery_codes_digest_check CHECK ((octet_length(digest) = 32))
);

ALTER TABLE ONLY tessera.user_recovery_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.user_recovery_codes OWNER TO tessera_owner;

--
-- Name: users; Type: TABLE; Schema: tessera; Owner: tessera_owner
--

CREATE TABLE tessera.users (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    email text NOT NULL,
    email_verified boolean DEFAULT false NOT NULL,
    owner boolean DEFAULT false NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    google_user_id text,
    microsoft_user_id text,
    github_user_id text,
    display_name text,
    profile_picture_url text,
    given_name text,
    family_name text,
    middle_name text,
    nickname text,
    preferred_username text,
    profile text,
    website text,
    gender text,
    birthdate text,
    zoneinfo text,
    locale text,
    phone_number text,
    phone_number_verified boolean DEFAULT false NOT NULL,
    address_formatted text,
    address_street text,
    address_locality text,
    address_region text,
    address_postal_code text,
    address_country text,
    create_time timestamp with time zone DEFAULT now() NOT NULL,
    update_time timestamp with time zone DEFAULT now() NOT NULL,
    last_sign_in_time timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    folded_email text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    CONSTRAINT users_birthdate_check CHECK ((birthdate ~ '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$'::text)),
    CONSTRAINT users_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
    CONSTRAINT users_texts_check CHECK (((length(display_name) <= 256) AND (length(profile_picture_url) <= 2048) AND (length(given_name) <= 256) AND (length(family_name) <= 256) AND (length(middle_name) <= 256) AND (length(nickname) <= 256) AND (length(preferred_username) <= 256) AND (length(profile) <= 2048) AND (length(website) <= 2048) AND (length(gender) <= 64) AND (length(zoneinfo) <= 64) AND (length(locale) <= 35) AND (length(phone_number) <= 64) AND (length(address_formatted) <= 1024) AND (length(address_street) <= 512) AND (length(address_locality) <= 256) AND (length(address_region) <= 256) AND (length(address_postal_code) <= 64) AND (length(address_country) <= 256)))
);

ALTER TABLE ONLY tessera.users FORCE ROW LEVEL SECURITY;


ALTER TABLE tessera.users OWNER TO tessera_owner;

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
-- Name: authorization_codes authorization_codes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.authorization_codes
    ADD CONSTRAINT authorization_codes_pkey PRIMARY KEY (project_id, digest);


--
-- Name: authorization_requests authorization_requests_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.authorization_requests
    ADD CONSTRAINT authorization_requests_pkey PRIMARY KEY (project_id, request_id);


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
-- Name: email_codes email_codes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.email_codes
    ADD CONSTRAINT email_codes_pkey PRIMARY KEY (project_id, flow_id, purpose);


--
-- Name: grant_scopes grant_scopes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grant_scopes
    ADD CONSTRAINT grant_scopes_pkey PRIMARY KEY (project_id, grant_id, resource, scope);


--
-- Name: grants grants_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (project_id, grant_id);


--
-- Name: grants grants_user_client_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grants
    ADD CONSTRAINT grants_user_client_key UNIQUE (project_id, user_id, client_id);


--
-- Name: initial_access_tokens initial_access_tokens_digest_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.initial_access_tokens
    ADD CONSTRAINT initial_access_tokens_digest_key UNIQUE (project_id, digest);


--
-- Name: initial_access_tokens initial_access_tokens_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.initial_access_tokens
    ADD CONSTRAINT initial_access_tokens_pkey PRIMARY KEY (project_id, token_id);


--
-- Name: login_flows login_flows_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.login_flows
    ADD CONSTRAINT login_flows_pkey PRIMARY KEY (project_id, flow_id);


--
-- Name: logout_deliveries logout_deliveries_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.logout_deliveries
    ADD CONSTRAINT logout_deliveries_pkey PRIMARY KEY (project_id, delivery_id);


--
-- Name: mail_outbox mail_outbox_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.mail_outbox
    ADD CONSTRAINT mail_outbox_pkey PRIMARY KEY (project_id, mail_id);


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
-- Name: organization_domains organization_domains_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_domains
    ADD CONSTRAINT organization_domains_pkey PRIMARY KEY (project_id, organization_id, domain);


--
-- Name: organization_google_hosted_domains organization_google_hosted_domains_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_google_hosted_domains
    ADD CONSTRAINT organization_google_hosted_domains_pkey PRIMARY KEY (project_id, organization_id, hosted_domain);


--
-- Name: organization_microsoft_tenant_ids organization_microsoft_tenant_ids_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_microsoft_tenant_ids
    ADD CONSTRAINT organization_microsoft_tenant_ids_pkey PRIMARY KEY (project_id, organization_id, tenant_id);


--
-- Name: organizations organizations_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (project_id, organization_id);


--
-- Name: passkeys passkeys_credential_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.passkeys
    ADD CONSTRAINT passkeys_credential_key UNIQUE (project_id, credential_id);


--
-- Name: passkeys passkeys_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (project_id, passkey_id);


--
-- Name: project_branding project_branding_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.project_branding
    ADD CONSTRAINT project_branding_pkey PRIMARY KEY (project_id);


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
-- Name: rate_counters rate_counters_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.rate_counters
    ADD CONSTRAINT rate_counters_pkey PRIMARY KEY (project_id, bucket);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (project_id, digest);


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
-- Name: revoked_access_tokens revoked_access_tokens_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.revoked_access_tokens
    ADD CONSTRAINT revoked_access_tokens_pkey PRIMARY KEY (project_id, jti);


--
-- Name: session_clients session_clients_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.session_clients
    ADD CONSTRAINT session_clients_pkey PRIMARY KEY (project_id, session_id, client_id);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (project_id, session_id);


--
-- Name: sessions sessions_token_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.sessions
    ADD CONSTRAINT sessions_token_key UNIQUE (project_id, token_digest);


--
-- Name: token_families token_families_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.token_families
    ADD CONSTRAINT token_families_pkey PRIMARY KEY (project_id, family_id);


--
-- Name: user_authenticator_apps user_authenticator_apps_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_authenticator_apps
    ADD CONSTRAINT user_authenticator_apps_pkey PRIMARY KEY (project_id, user_id);


--
-- Name: user_devices user_devices_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_devices
    ADD CONSTRAINT user_devices_pkey PRIMARY KEY (project_id, user_id, device_id);


--
-- Name: user_invites user_invites_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_invites
    ADD CONSTRAINT user_invites_pkey PRIMARY KEY (project_id, invite_id);


--
-- Name: user_passwords user_passwords_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_passwords
    ADD CONSTRAINT user_passwords_pkey PRIMARY KEY (project_id, user_id);


--
-- Name: user_recovery_codes user_recovery_codes_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_recovery_codes
    ADD CONSTRAINT user_recovery_codes_pkey PRIMARY KEY (project_id, user_id, digest);


--
-- Name: users users_github_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_github_key UNIQUE (project_id, organization_id, github_user_id);


--
-- Name: users users_google_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_google_key UNIQUE (project_id, organization_id, google_user_id);


--
-- Name: users users_microsoft_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_microsoft_key UNIQUE (project_id, organization_id, microsoft_user_id);


--
-- Name: users users_organization_key; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_organization_key UNIQUE (project_id, organization_id, user_id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (project_id, user_id);


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
-- Name: authorization_codes_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX authorization_codes_expire_idx ON tessera.authorization_codes USING btree (expire_time);


--
-- Name: authorization_codes_family_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX authorization_codes_family_idx ON tessera.authorization_codes USING btree (project_id, family_id);


--
-- Name: authorization_requests_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX authorization_requests_client_idx ON tessera.authorization_requests USING btree (project_id, client_id);


--
-- Name: authorization_requests_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX authorization_requests_expire_idx ON tessera.authorization_requests USING btree (expire_time);


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
-- Name: grants_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX grants_client_idx ON tessera.grants USING btree (project_id, client_id);


--
-- Name: initial_access_tokens_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX initial_access_tokens_expire_idx ON tessera.initial_access_tokens USING btree (expire_time);


--
-- Name: login_flows_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX login_flows_expire_idx ON tessera.login_flows USING btree (expire_time);


--
-- Name: login_flows_organization_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX login_flows_organization_idx ON tessera.login_flows USING btree (project_id, organization_id);


--
-- Name: login_flows_user_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX login_flows_user_idx ON tessera.login_flows USING btree (project_id, user_id);


--
-- Name: logout_deliveries_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX logout_deliveries_client_idx ON tessera.logout_deliveries USING btree (project_id, client_id);


--
-- Name: logout_deliveries_done_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX logout_deliveries_done_idx ON tessera.logout_deliveries USING btree (create_time) WHERE ((sent_time IS NOT NULL) OR (failed_time IS NOT NULL));


--
-- Name: logout_deliveries_due_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX logout_deliveries_due_idx ON tessera.logout_deliveries USING btree (next_attempt_time) WHERE ((sent_time IS NULL) AND (failed_time IS NULL));


--
-- Name: mail_outbox_done_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX mail_outbox_done_idx ON tessera.mail_outbox USING btree (create_time) WHERE ((sent_time IS NOT NULL) OR (failed_time IS NOT NULL));


--
-- Name: mail_outbox_due_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX mail_outbox_due_idx ON tessera.mail_outbox USING btree (next_attempt_time) WHERE ((sent_time IS NULL) AND (failed_time IS NULL));


--
-- Name: once_values_expires_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX once_values_expires_idx ON tessera.once_values USING btree (expires);


--
-- Name: organization_domains_domain_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX organization_domains_domain_idx ON tessera.organization_domains USING btree (project_id, domain);


--
-- Name: passkeys_user_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX passkeys_user_idx ON tessera.passkeys USING btree (project_id, user_id);


--
-- Name: projects_sole_organization_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX projects_sole_organization_idx ON tessera.projects USING btree (project_id, sole_organization_id);


--
-- Name: projects_trusted_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX projects_trusted_idx ON tessera.projects USING btree (project_id) WHERE (trusted_domains <> '{}'::text[]);


--
-- Name: rate_counters_window_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX rate_counters_window_idx ON tessera.rate_counters USING btree (window_end);


--
-- Name: refresh_tokens_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX refresh_tokens_expire_idx ON tessera.refresh_tokens USING btree (expire_time);


--
-- Name: refresh_tokens_family_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX refresh_tokens_family_idx ON tessera.refresh_tokens USING btree (project_id, family_id);


--
-- Name: resources_introspection_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX resources_introspection_client_idx ON tessera.resources USING btree (project_id, introspection_client_id);


--
-- Name: revoked_access_tokens_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX revoked_access_tokens_expire_idx ON tessera.revoked_access_tokens USING btree (expire_time);


--
-- Name: session_clients_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX session_clients_client_idx ON tessera.session_clients USING btree (project_id, client_id);


--
-- Name: sessions_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX sessions_expire_idx ON tessera.sessions USING btree (expire_time);


--
-- Name: sessions_user_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX sessions_user_idx ON tessera.sessions USING btree (project_id, user_id);


--
-- Name: token_families_client_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX token_families_client_idx ON tessera.token_families USING btree (project_id, client_id);


--
-- Name: token_families_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX token_families_expire_idx ON tessera.token_families USING btree (expire_time);


--
-- Name: token_families_grant_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX token_families_grant_idx ON tessera.token_families USING btree (project_id, grant_id);


--
-- Name: token_families_session_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX token_families_session_idx ON tessera.token_families USING btree (project_id, session_id);


--
-- Name: token_families_user_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX token_families_user_idx ON tessera.token_families USING btree (project_id, user_id);


--
-- Name: user_invites_address_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX user_invites_address_idx ON tessera.user_invites USING btree (project_id, folded_email);


--
-- Name: user_invites_email_key; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE UNIQUE INDEX user_invites_email_key ON tessera.user_invites USING btree (project_id, organization_id, folded_email);


--
-- Name: user_invites_expire_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX user_invites_expire_idx ON tessera.user_invites USING btree (expire_time);


--
-- Name: users_address_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX users_address_idx ON tessera.users USING btree (project_id, folded_email);


--
-- Name: users_email_key; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE UNIQUE INDEX users_email_key ON tessera.users USING btree (project_id, organization_id, folded_email);


--
-- Name: users_owner_idx; Type: INDEX; Schema: tessera; Owner: tessera_owner
--

CREATE INDEX users_owner_idx ON tessera.users USING btree (project_id, organization_id) WHERE (owner AND (NOT disabled));


--
-- Name: grants end_with_grant; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER end_with_grant AFTER DELETE ON tessera.grants FOR EACH ROW EXECUTE FUNCTION tessera.end_with_grant();


--
-- Name: sessions end_with_session; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER end_with_session AFTER UPDATE OF revoke_time ON tessera.sessions FOR EACH ROW WHEN (((old.revoke_time IS NULL) AND (new.revoke_time IS NOT NULL))) EXECUTE FUNCTION tessera.end_with_session();


--
-- Name: users end_with_user_deleted; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER end_with_user_deleted BEFORE DELETE ON tessera.users FOR EACH ROW EXECUTE FUNCTION tessera.end_with_user();


--
-- Name: users end_with_user_disabled; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER end_with_user_disabled AFTER UPDATE OF disabled ON tessera.users FOR EACH ROW WHEN ((new.disabled AND (NOT old.disabled))) EXECUTE FUNCTION tessera.end_with_user();


--
-- Name: users keep_an_owner; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER keep_an_owner BEFORE DELETE OR UPDATE OF owner, disabled ON tessera.users FOR EACH ROW WHEN ((old.owner AND (NOT old.disabled))) EXECUTE FUNCTION tessera.keep_an_owner();


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
-- Name: mail_outbox notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT ON tessera.mail_outbox FOR EACH STATEMENT EXECUTE FUNCTION tessera.notify_mail();


--
-- Name: project_branding notify; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify AFTER INSERT OR UPDATE ON tessera.project_branding FOR EACH ROW EXECUTE FUNCTION tessera.notify_branding();


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
-- Name: organizations notify_revoked; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_revoked AFTER UPDATE OF logins_disabled ON tessera.organizations FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'organization_id');


--
-- Name: revoked_access_tokens notify_revoked; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_revoked AFTER INSERT ON tessera.revoked_access_tokens FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'jti');


--
-- Name: sessions notify_revoked; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_revoked AFTER UPDATE OF revoke_time ON tessera.sessions FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'session_id');


--
-- Name: token_families notify_revoked; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_revoked AFTER UPDATE OF revoke_time ON tessera.token_families FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'family_id');


--
-- Name: users notify_revoked; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_revoked AFTER DELETE OR UPDATE OF disabled ON tessera.users FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('revoked', 'user_id');


--
-- Name: users notify_user_changed; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_user_changed AFTER UPDATE ON tessera.users FOR EACH ROW WHEN (((to_jsonb(old.*) - 'last_sign_in_time'::text) <> (to_jsonb(new.*) - 'last_sign_in_time'::text))) EXECUTE FUNCTION tessera.notify_row('user', 'user_id');


--
-- Name: users notify_user_deleted; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER notify_user_deleted AFTER DELETE ON tessera.users FOR EACH ROW EXECUTE FUNCTION tessera.notify_row('user', 'user_id');


--
-- Name: client_secrets place_client_secret; Type: TRIGGER; Schema: tessera; Owner: tessera_owner
--

CREATE TRIGGER place_client_secret BEFORE INSERT ON tessera.client_secrets FOR EACH ROW EXECUTE FUNCTION tessera.place_client_secret();


--
-- Name: authorization_codes authorization_codes_project_id_family_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.authorization_codes
    ADD CONSTRAINT authorization_codes_project_id_family_id_fkey FOREIGN KEY (project_id, family_id) REFERENCES tessera.token_families(project_id, family_id) ON DELETE CASCADE;


--
-- Name: authorization_requests authorization_requests_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.authorization_requests
    ADD CONSTRAINT authorization_requests_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


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
-- Name: email_codes email_codes_project_id_flow_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.email_codes
    ADD CONSTRAINT email_codes_project_id_flow_id_fkey FOREIGN KEY (project_id, flow_id) REFERENCES tessera.login_flows(project_id, flow_id) ON DELETE CASCADE;


--
-- Name: grant_scopes grant_scopes_project_id_grant_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grant_scopes
    ADD CONSTRAINT grant_scopes_project_id_grant_id_fkey FOREIGN KEY (project_id, grant_id) REFERENCES tessera.grants(project_id, grant_id) ON DELETE CASCADE;


--
-- Name: grants grants_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grants
    ADD CONSTRAINT grants_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: grants grants_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.grants
    ADD CONSTRAINT grants_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: initial_access_tokens initial_access_tokens_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.initial_access_tokens
    ADD CONSTRAINT initial_access_tokens_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: login_flows login_flows_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.login_flows
    ADD CONSTRAINT login_flows_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: login_flows login_flows_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.login_flows
    ADD CONSTRAINT login_flows_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


--
-- Name: login_flows login_flows_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.login_flows
    ADD CONSTRAINT login_flows_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: logout_deliveries logout_deliveries_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.logout_deliveries
    ADD CONSTRAINT logout_deliveries_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: mail_outbox mail_outbox_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.mail_outbox
    ADD CONSTRAINT mail_outbox_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: organization_domains organization_domains_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_domains
    ADD CONSTRAINT organization_domains_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


--
-- Name: organization_google_hosted_domains organization_google_hosted_doma_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_google_hosted_domains
    ADD CONSTRAINT organization_google_hosted_doma_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


--
-- Name: organization_microsoft_tenant_ids organization_microsoft_tenant_i_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organization_microsoft_tenant_ids
    ADD CONSTRAINT organization_microsoft_tenant_i_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


--
-- Name: organizations organizations_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.organizations
    ADD CONSTRAINT organizations_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: passkeys passkeys_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.passkeys
    ADD CONSTRAINT passkeys_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: project_branding project_branding_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.project_branding
    ADD CONSTRAINT project_branding_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: projects projects_sole_organization_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.projects
    ADD CONSTRAINT projects_sole_organization_fkey FOREIGN KEY (project_id, sole_organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;


--
-- Name: rate_counters rate_counters_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.rate_counters
    ADD CONSTRAINT rate_counters_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: refresh_tokens refresh_tokens_project_id_family_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.refresh_tokens
    ADD CONSTRAINT refresh_tokens_project_id_family_id_fkey FOREIGN KEY (project_id, family_id) REFERENCES tessera.token_families(project_id, family_id) ON DELETE CASCADE;


--
-- Name: resource_scopes resource_scopes_project_id_resource_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resource_scopes
    ADD CONSTRAINT resource_scopes_project_id_resource_id_fkey FOREIGN KEY (project_id, resource_id) REFERENCES tessera.resources(project_id, resource_id) ON DELETE CASCADE;


--
-- Name: resources resources_introspection_client_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resources
    ADD CONSTRAINT resources_introspection_client_fkey FOREIGN KEY (project_id, introspection_client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE SET NULL (introspection_client_id);


--
-- Name: resources resources_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.resources
    ADD CONSTRAINT resources_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: revoked_access_tokens revoked_access_tokens_project_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.revoked_access_tokens
    ADD CONSTRAINT revoked_access_tokens_project_id_fkey FOREIGN KEY (project_id) REFERENCES tessera.projects(project_id);


--
-- Name: session_clients session_clients_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.session_clients
    ADD CONSTRAINT session_clients_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: session_clients session_clients_project_id_session_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.session_clients
    ADD CONSTRAINT session_clients_project_id_session_id_fkey FOREIGN KEY (project_id, session_id) REFERENCES tessera.sessions(project_id, session_id) ON DELETE CASCADE;


--
-- Name: sessions sessions_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.sessions
    ADD CONSTRAINT sessions_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: token_families token_families_project_id_client_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.token_families
    ADD CONSTRAINT token_families_project_id_client_id_fkey FOREIGN KEY (project_id, client_id) REFERENCES tessera.clients(project_id, client_id) ON DELETE CASCADE;


--
-- Name: token_families token_families_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.token_families
    ADD CONSTRAINT token_families_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: user_authenticator_apps user_authenticator_apps_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_authenticator_apps
    ADD CONSTRAINT user_authenticator_apps_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: user_devices user_devices_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_devices
    ADD CONSTRAINT user_devices_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: user_invites user_invites_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_invites
    ADD CONSTRAINT user_invites_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


--
-- Name: user_passwords user_passwords_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_passwords
    ADD CONSTRAINT user_passwords_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: user_recovery_codes user_recovery_codes_project_id_user_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.user_recovery_codes
    ADD CONSTRAINT user_recovery_codes_project_id_user_id_fkey FOREIGN KEY (project_id, user_id) REFERENCES tessera.users(project_id, user_id) ON DELETE CASCADE;


--
-- Name: users users_project_id_organization_id_fkey; Type: FK CONSTRAINT; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE ONLY tessera.users
    ADD CONSTRAINT users_project_id_organization_id_fkey FOREIGN KEY (project_id, organization_id) REFERENCES tessera.organizations(project_id, organization_id) ON DELETE CASCADE;


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
-- Name: authorization_codes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.authorization_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: authorization_requests; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.authorization_requests ENABLE ROW LEVEL SECURITY;

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
-- Name: email_codes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.email_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: grant_scopes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.grant_scopes ENABLE ROW LEVEL SECURITY;

--
-- Name: grants; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.grants ENABLE ROW LEVEL SECURITY;

--
-- Name: initial_access_tokens; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.initial_access_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: login_flows; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.login_flows ENABLE ROW LEVEL SECURITY;

--
-- Name: logout_deliveries; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.logout_deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: mail_outbox; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.mail_outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: once_values; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.once_values ENABLE ROW LEVEL SECURITY;

--
-- Name: organization_domains; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.organization_domains ENABLE ROW LEVEL SECURITY;

--
-- Name: organization_google_hosted_domains; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.organization_google_hosted_domains ENABLE ROW LEVEL SECURITY;

--
-- Name: organization_microsoft_tenant_ids; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.organization_microsoft_tenant_ids ENABLE ROW LEVEL SECURITY;

--
-- Name: organizations; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.organizations ENABLE ROW LEVEL SECURITY;

--
-- Name: passkeys; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.passkeys ENABLE ROW LEVEL SECURITY;

--
-- Name: project_branding; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.project_branding ENABLE ROW LEVEL SECURITY;

--
-- Name: projects; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.projects ENABLE ROW LEVEL SECURITY;

--
-- Name: rate_counters; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.rate_counters ENABLE ROW LEVEL SECURITY;

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
-- Name: authorization_codes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.authorization_codes USING ((project_id = tessera.current_project()));


--
-- Name: authorization_requests realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.authorization_requests USING ((project_id = tessera.current_project()));


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
-- Name: email_codes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.email_codes USING ((project_id = tessera.current_project()));


--
-- Name: grant_scopes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.grant_scopes USING ((project_id = tessera.current_project()));


--
-- Name: grants realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.grants USING ((project_id = tessera.current_project()));


--
-- Name: initial_access_tokens realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.initial_access_tokens USING ((project_id = tessera.current_project()));


--
-- Name: login_flows realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.login_flows USING ((project_id = tessera.current_project()));


--
-- Name: logout_deliveries realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.logout_deliveries USING ((project_id = tessera.current_project()));


--
-- Name: mail_outbox realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.mail_outbox USING ((project_id = tessera.current_project()));


--
-- Name: once_values realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.once_values USING ((project_id = tessera.current_project()));


--
-- Name: organization_domains realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.organization_domains USING ((project_id = tessera.current_project()));


--
-- Name: organization_google_hosted_domains realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.organization_google_hosted_domains USING ((project_id = tessera.current_project()));


--
-- Name: organization_microsoft_tenant_ids realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.organization_microsoft_tenant_ids USING ((project_id = tessera.current_project()));


--
-- Name: organizations realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.organizations USING ((project_id = tessera.current_project()));


--
-- Name: passkeys realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.passkeys USING ((project_id = tessera.current_project()));


--
-- Name: project_branding realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.project_branding USING ((project_id = tessera.current_project()));


--
-- Name: projects realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.projects USING ((project_id = tessera.current_project()));


--
-- Name: rate_counters realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.rate_counters USING ((project_id = tessera.current_project()));


--
-- Name: refresh_tokens realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.refresh_tokens USING ((project_id = tessera.current_project()));


--
-- Name: resource_scopes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.resource_scopes USING ((project_id = tessera.current_project()));


--
-- Name: resources realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.resources USING ((project_id = tessera.current_project()));


--
-- Name: revoked_access_tokens realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.revoked_access_tokens USING ((project_id = tessera.current_project()));


--
-- Name: session_clients realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.session_clients USING ((project_id = tessera.current_project()));


--
-- Name: sessions realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.sessions USING ((project_id = tessera.current_project()));


--
-- Name: token_families realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.token_families USING ((project_id = tessera.current_project()));


--
-- Name: user_authenticator_apps realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.user_authenticator_apps USING ((project_id = tessera.current_project()));


--
-- Name: user_devices realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.user_devices USING ((project_id = tessera.current_project()));


--
-- Name: user_invites realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.user_invites USING ((project_id = tessera.current_project()));


--
-- Name: user_passwords realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.user_passwords USING ((project_id = tessera.current_project()));


--
-- Name: user_recovery_codes realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.user_recovery_codes USING ((project_id = tessera.current_project()));


--
-- Name: users realm; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY realm ON tessera.users USING ((project_id = tessera.current_project()));


--
-- Name: refresh_tokens; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.refresh_tokens ENABLE ROW LEVEL SECURITY;

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
-- Name: revoked_access_tokens; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.revoked_access_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: session_clients; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.session_clients ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.sessions ENABLE ROW LEVEL SECURITY;

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
-- Name: authorization_codes system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.authorization_codes TO tessera_system USING (true);


--
-- Name: authorization_requests system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.authorization_requests TO tessera_system USING (true);


--
-- Name: initial_access_tokens system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.initial_access_tokens TO tessera_system USING (true);


--
-- Name: login_flows system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.login_flows TO tessera_system USING (true);


--
-- Name: logout_deliveries system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.logout_deliveries TO tessera_system USING (true);


--
-- Name: mail_outbox system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.mail_outbox TO tessera_system USING (true);


--
-- Name: once_values system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.once_values TO tessera_system USING (true);


--
-- Name: organizations system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.organizations FOR INSERT TO tessera_system WITH CHECK (true);


--
-- Name: projects system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.projects TO tessera_system USING (true);


--
-- Name: rate_counters system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.rate_counters TO tessera_system USING (true);


--
-- Name: refresh_tokens system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.refresh_tokens TO tessera_system USING (true);


--
-- Name: revoked_access_tokens system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.revoked_access_tokens TO tessera_system USING (true);


--
-- Name: sessions system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.sessions TO tessera_system USING (true);


--
-- Name: token_families system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.token_families TO tessera_system USING (true);


--
-- Name: user_invites system; Type: POLICY; Schema: tessera; Owner: tessera_owner
--

CREATE POLICY system ON tessera.user_invites TO tessera_system USING (true);


--
-- Name: token_families; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.token_families ENABLE ROW LEVEL SECURITY;

--
-- Name: user_authenticator_apps; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.user_authenticator_apps ENABLE ROW LEVEL SECURITY;

--
-- Name: user_devices; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.user_devices ENABLE ROW LEVEL SECURITY;

--
-- Name: user_invites; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.user_invites ENABLE ROW LEVEL SECURITY;

--
-- Name: user_passwords; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.user_passwords ENABLE ROW LEVEL SECURITY;

--
-- Name: user_recovery_codes; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.user_recovery_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: users; Type: ROW SECURITY; Schema: tessera; Owner: tessera_owner
--

ALTER TABLE tessera.users ENABLE ROW LEVEL SECURITY;

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
-- Name: FUNCTION end_with_grant(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.end_with_grant() FROM PUBLIC;


--
-- Name: FUNCTION end_with_session(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.end_with_session() FROM PUBLIC;


--
-- Name: FUNCTION end_with_user(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.end_with_user() FROM PUBLIC;


--
-- Name: FUNCTION keep_an_owner(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.keep_an_owner() FROM PUBLIC;


--
-- Name: FUNCTION notify_branding(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.notify_branding() FROM PUBLIC;


--
-- Name: FUNCTION notify_mail(); Type: ACL; Schema: tessera; Owner: tessera_owner
--

REVOKE ALL ON FUNCTION tessera.notify_mail() FROM PUBLIC;


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
-- Name: TABLE authorization_codes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.authorization_codes TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.authorization_codes TO tessera_system;


--
-- Name: COLUMN authorization_codes.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.authorization_codes TO tessera_system;


--
-- Name: COLUMN authorization_codes.used_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(used_time) ON TABLE tessera.authorization_codes TO tessera_app;


--
-- Name: TABLE authorization_requests; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.authorization_requests TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.authorization_requests TO tessera_system;


--
-- Name: COLUMN authorization_requests.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.authorization_requests TO tessera_system;


--
-- Name: COLUMN authorization_requests.consent_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(consent_time) ON TABLE tessera.authorization_requests TO tessera_app;


--
-- Name: COLUMN authorization_requests.consent_user_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(consent_user_id) ON TABLE tessera.authorization_requests TO tessera_app;


--
-- Name: COLUMN authorization_requests.finish_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(finish_time) ON TABLE tessera.authorization_requests TO tessera_app;


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
-- Name: COLUMN clients.application_type; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(application_type) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.redirect_uris; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(redirect_uris) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.post_logout_redirect_uris; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(post_logout_redirect_uris) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.scopes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(scopes) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.trusted; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(trusted) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.skip_consent; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(skip_consent) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.subject_type; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(subject_type) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.sector_identifier_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(sector_identifier_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.id_token_signed_response_alg; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(id_token_signed_response_alg) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.userinfo_signed_response_alg; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(userinfo_signed_response_alg) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.introspection_signed_response_alg; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(introspection_signed_response_alg) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.default_max_age_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(default_max_age_s) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.require_auth_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(require_auth_time) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.initiate_login_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(initiate_login_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.frontchannel_logout_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(frontchannel_logout_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.backchannel_logout_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(backchannel_logout_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.client_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(client_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.logo_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(logo_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.policy_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(policy_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.tos_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(tos_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.contacts; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(contacts) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.jwks_uri; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(jwks_uri) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.software_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(software_id) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.software_version; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(software_version) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.introspection_allowed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(introspection_allowed) ON TABLE tessera.clients TO tessera_app;


--
-- Name: COLUMN clients.registration_token_digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(registration_token_digest) ON TABLE tessera.clients TO tessera_app;


--
-- Name: TABLE email_codes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.email; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.code_digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(code_digest) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.link_digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(link_digest) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.attempts; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(attempts) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.create_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(create_time) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: COLUMN email_codes.used_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(used_time) ON TABLE tessera.email_codes TO tessera_app;


--
-- Name: TABLE grant_scopes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.grant_scopes TO tessera_app;


--
-- Name: TABLE grants; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.grants TO tessera_app;


--
-- Name: COLUMN grants.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.grants TO tessera_app;


--
-- Name: TABLE initial_access_tokens; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.initial_access_tokens TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.initial_access_tokens TO tessera_system;


--
-- Name: COLUMN initial_access_tokens.uses_left; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(uses_left) ON TABLE tessera.initial_access_tokens TO tessera_app;


--
-- Name: COLUMN initial_access_tokens.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.initial_access_tokens TO tessera_system;


--
-- Name: TABLE login_flows; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.login_flows TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.login_flows TO tessera_system;


--
-- Name: COLUMN login_flows.purpose; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(purpose) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.step; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(step) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.locale; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(locale) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.email; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.organization_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(organization_id) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.user_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(user_id) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.session_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(session_id) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.primary_factor; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(primary_factor) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.email_verified_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email_verified_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.password_verified_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(password_verified_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.authenticator_app_verified_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(authenticator_app_verified_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.recovery_code_used_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(recovery_code_used_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.passkey_verified_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(passkey_verified_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.passkey_user_verified; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(passkey_user_verified) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.reset_verified_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(reset_verified_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.pending_secret_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(pending_secret_sealed) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.recovery_codes_seen; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(recovery_codes_seen) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: COLUMN login_flows.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.login_flows TO tessera_app;
GRANT UPDATE(expire_time) ON TABLE tessera.login_flows TO tessera_system;


--
-- Name: COLUMN login_flows.finish_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(finish_time) ON TABLE tessera.login_flows TO tessera_app;


--
-- Name: TABLE logout_deliveries; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.logout_deliveries TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: COLUMN logout_deliveries.next_attempt_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(next_attempt_time) ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: COLUMN logout_deliveries.attempts; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(attempts) ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: COLUMN logout_deliveries.sent_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(sent_time) ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: COLUMN logout_deliveries.failed_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(failed_time) ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: COLUMN logout_deliveries.last_error; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_error) ON TABLE tessera.logout_deliveries TO tessera_system;


--
-- Name: TABLE mail_outbox; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.mail_outbox TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.values_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(values_sealed) ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.next_attempt_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(next_attempt_time) ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.attempts; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(attempts) ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.sent_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(sent_time) ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.failed_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(failed_time) ON TABLE tessera.mail_outbox TO tessera_system;


--
-- Name: COLUMN mail_outbox.last_error; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_error) ON TABLE tessera.mail_outbox TO tessera_system;


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
-- Name: TABLE organization_domains; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.organization_domains TO tessera_app;


--
-- Name: TABLE organization_google_hosted_domains; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.organization_google_hosted_domains TO tessera_app;


--
-- Name: TABLE organization_microsoft_tenant_ids; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.organization_microsoft_tenant_ids TO tessera_app;


--
-- Name: TABLE organizations; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.organizations TO tessera_app;
GRANT INSERT ON TABLE tessera.organizations TO tessera_system;


--
-- Name: COLUMN organizations.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_google; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_google) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_microsoft; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_microsoft) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_github; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_github) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_email; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_email) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_password; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_password) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_saml; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_saml) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_oidc; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_oidc) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_authenticator_app; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_authenticator_app) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.log_in_with_passkey; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_passkey) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.require_mfa; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(require_mfa) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.second_factor_after_sso; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(second_factor_after_sso) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.scim_enabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(scim_enabled) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.custom_roles_enabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(custom_roles_enabled) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.api_keys_enabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(api_keys_enabled) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.logins_disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(logins_disabled) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: COLUMN organizations.revision; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revision) ON TABLE tessera.organizations TO tessera_app;


--
-- Name: TABLE passkeys; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(name) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.sign_count; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(sign_count) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.backed_up; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(backed_up) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(disabled) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: COLUMN passkeys.last_used_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_used_time) ON TABLE tessera.passkeys TO tessera_app;


--
-- Name: TABLE project_branding; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(name) ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.logo_png; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(logo_png) ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.logo_dark_png; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(logo_dark_png) ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.primary_color; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(primary_color) ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.accent_color; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(accent_color) ON TABLE tessera.project_branding TO tessera_app;


--
-- Name: COLUMN project_branding.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.project_branding TO tessera_app;


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
-- Name: COLUMN projects.log_in_with_github; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_github) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.log_in_with_oidc; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(log_in_with_oidc) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.github_oauth_client_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(github_oauth_client_id) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.github_oauth_client_secret_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(github_oauth_client_secret_sealed) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.logins_disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(logins_disabled) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.self_serve_create_organizations; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(self_serve_create_organizations) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.self_serve_create_users; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(self_serve_create_users) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.auto_create_organizations; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(auto_create_organizations) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.api_keys_enabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(api_keys_enabled) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.api_key_secret_token_prefix; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(api_key_secret_token_prefix) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.audit_logs_enabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(audit_logs_enabled) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.session_lifetime_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(session_lifetime_s) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.session_idle_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(session_idle_s) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.refresh_token_lifetime_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(refresh_token_lifetime_s) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.refresh_token_idle_s; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(refresh_token_idle_s) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.default_locale; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(default_locale) ON TABLE tessera.projects TO tessera_app;


--
-- Name: COLUMN projects.registration_policy; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(registration_policy) ON TABLE tessera.projects TO tessera_app;


--
-- Name: TABLE rate_counters; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.rate_counters TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.rate_counters TO tessera_system;


--
-- Name: COLUMN rate_counters.window_end; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(window_end) ON TABLE tessera.rate_counters TO tessera_app;
GRANT UPDATE(window_end) ON TABLE tessera.rate_counters TO tessera_system;


--
-- Name: COLUMN rate_counters.count; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(count) ON TABLE tessera.rate_counters TO tessera_app;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.refresh_tokens TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.refresh_tokens TO tessera_system;


--
-- Name: COLUMN refresh_tokens.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.refresh_tokens TO tessera_app;
GRANT UPDATE(expire_time) ON TABLE tessera.refresh_tokens TO tessera_system;


--
-- Name: COLUMN refresh_tokens.rotate_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(rotate_time) ON TABLE tessera.refresh_tokens TO tessera_app;


--
-- Name: COLUMN refresh_tokens.successor_digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(successor_digest) ON TABLE tessera.refresh_tokens TO tessera_app;


--
-- Name: COLUMN refresh_tokens.successor_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(successor_sealed) ON TABLE tessera.refresh_tokens TO tessera_app;


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
-- Name: COLUMN resources.introspection_client_id; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(introspection_client_id) ON TABLE tessera.resources TO tessera_app;


--
-- Name: TABLE revoked_access_tokens; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.revoked_access_tokens TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.revoked_access_tokens TO tessera_system;


--
-- Name: COLUMN revoked_access_tokens.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.revoked_access_tokens TO tessera_system;


--
-- Name: TABLE session_clients; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.session_clients TO tessera_app;


--
-- Name: TABLE sessions; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.sessions TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.sessions TO tessera_system;


--
-- Name: COLUMN sessions.token_digest; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(token_digest) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.primary_auth_factor; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(primary_auth_factor) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.amr; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(amr) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.acr; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(acr) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.auth_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(auth_time) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.last_active_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_active_time) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.sessions TO tessera_system;


--
-- Name: COLUMN sessions.revoke_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revoke_time) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: COLUMN sessions.revoke_reason; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revoke_reason) ON TABLE tessera.sessions TO tessera_app;


--
-- Name: TABLE token_families; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.token_families TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.token_families TO tessera_system;


--
-- Name: COLUMN token_families.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.token_families TO tessera_app;
GRANT UPDATE(expire_time) ON TABLE tessera.token_families TO tessera_system;


--
-- Name: COLUMN token_families.revoke_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revoke_time) ON TABLE tessera.token_families TO tessera_app;


--
-- Name: COLUMN token_families.revoke_reason; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revoke_reason) ON TABLE tessera.token_families TO tessera_app;


--
-- Name: TABLE user_authenticator_apps; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.user_authenticator_apps TO tessera_app;


--
-- Name: COLUMN user_authenticator_apps.secret_sealed; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(secret_sealed) ON TABLE tessera.user_authenticator_apps TO tessera_app;


--
-- Name: COLUMN user_authenticator_apps.last_step; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_step) ON TABLE tessera.user_authenticator_apps TO tessera_app;


--
-- Name: COLUMN user_authenticator_apps.create_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(create_time) ON TABLE tessera.user_authenticator_apps TO tessera_app;


--
-- Name: TABLE user_devices; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT ON TABLE tessera.user_devices TO tessera_app;


--
-- Name: COLUMN user_devices.last_seen_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_seen_time) ON TABLE tessera.user_devices TO tessera_app;


--
-- Name: TABLE user_invites; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.user_invites TO tessera_app;
GRANT SELECT,DELETE ON TABLE tessera.user_invites TO tessera_system;


--
-- Name: COLUMN user_invites.owner; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(owner) ON TABLE tessera.user_invites TO tessera_app;


--
-- Name: COLUMN user_invites.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.user_invites TO tessera_app;


--
-- Name: COLUMN user_invites.expire_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(expire_time) ON TABLE tessera.user_invites TO tessera_app;
GRANT UPDATE(expire_time) ON TABLE tessera.user_invites TO tessera_system;


--
-- Name: TABLE user_passwords; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.user_passwords TO tessera_app;


--
-- Name: COLUMN user_passwords.hash; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(hash) ON TABLE tessera.user_passwords TO tessera_app;


--
-- Name: COLUMN user_passwords.set_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(set_time) ON TABLE tessera.user_passwords TO tessera_app;


--
-- Name: TABLE user_recovery_codes; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.user_recovery_codes TO tessera_app;


--
-- Name: COLUMN user_recovery_codes.used_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(used_time) ON TABLE tessera.user_recovery_codes TO tessera_app;


--
-- Name: TABLE users; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.email; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.email_verified; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(email_verified) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.owner; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(owner) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.disabled; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(disabled) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.display_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(display_name) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.profile_picture_url; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(profile_picture_url) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.given_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(given_name) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.family_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(family_name) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.middle_name; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(middle_name) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.nickname; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(nickname) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.preferred_username; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(preferred_username) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.profile; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(profile) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.website; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(website) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.gender; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(gender) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.birthdate; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(birthdate) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.zoneinfo; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(zoneinfo) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.locale; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(locale) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.phone_number; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(phone_number) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.phone_number_verified; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(phone_number_verified) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_formatted; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_formatted) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_street; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_street) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_locality; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_locality) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_region; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_region) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_postal_code; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_postal_code) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.address_country; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(address_country) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.update_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(update_time) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.last_sign_in_time; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(last_sign_in_time) ON TABLE tessera.users TO tessera_app;


--
-- Name: COLUMN users.revision; Type: ACL; Schema: tessera; Owner: tessera_owner
--

GRANT UPDATE(revision) ON TABLE tessera.users TO tessera_app;


--
-- PostgreSQL database dump complete
--


