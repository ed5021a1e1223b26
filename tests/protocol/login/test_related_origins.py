"""/.well-known/webauthn: where else passkeys of the issuer's domain may be used (WebAuthn Level 3 §5.11)."""

import uuid

from oauth_client import make_realm


def origins(nodes):
    reply = nodes[0].request("GET", "/.well-known/webauthn")
    assert reply.status == 200 and reply.headers["content-type"] == "application/json"
    return reply.json["origins"]


def test_the_trusted_domains_of_realms_with_passkeys_are_listed_once(stack, nodes):
    domain = f"d{uuid.uuid4().hex[:8]}.example.com"
    first, second = (make_realm(stack, nodes, f"origin-{uuid.uuid4().hex[:8]}") for _ in range(2))
    for realm in (first, second):
        realm.execute("UPDATE tessera.projects SET trusted_domains = ARRAY[%s], log_in_with_passkey = true WHERE project_id = %s",
                      [domain, str(realm.project)])
    assert origins(nodes).count(f"https://{domain}") == 1
    for realm in (first, second):
        realm.execute("UPDATE tessera.projects SET log_in_with_passkey = false WHERE project_id = %s", [str(realm.project)])
    assert f"https://{domain}" not in origins(nodes)


def test_only_reading_is_known_there(nodes):
    assert nodes[0].request("POST", "/.well-known/webauthn", b"").status == 405
