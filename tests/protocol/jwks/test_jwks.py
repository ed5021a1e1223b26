"""The JWK Set as served: RFC 7517 §5, docs/spec-map.md ME-05."""

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def test_public_keys_only_each_with_kid_alg_and_use(oauth):
    reply = oauth.get(oauth.path + "/jwks")
    assert reply.status == 200 and reply.headers["Content-Type"] == "application/json"
    keys = reply.json["keys"]
    assert keys
    for key in keys:
        assert not PRIVATE & key.keys()
        assert {"kty", "kid", "alg", "use"} <= key.keys() and key["use"] == "sig"
    assert len({key["kid"] for key in keys}) == len(keys)


def test_the_set_is_cacheable_and_answers_304(oauth):
    reply = oauth.get(oauth.path + "/jwks")
    assert reply.headers["Cache-Control"].startswith("public, max-age=")
    assert int(reply.headers["Cache-Control"].rsplit("=")[-1]) <= 300
    again = oauth.get(oauth.path + "/jwks", headers=[("If-None-Match", reply.headers["ETag"])])
    assert (again.status, again.body) == (304, b"")


def test_every_node_serves_the_same_set(oauth):
    assert len({oauth.get(oauth.path + "/jwks", node=node).body for node in range(len(oauth.nodes))}) == 1


def test_realms_do_not_share_keys(oauth, other_oauth):
    kids = [{key["kid"] for key in realm.jwks()["keys"]} for realm in (oauth, other_oauth)]
    assert not kids[0] & kids[1]


def test_an_unknown_realm_is_a_json_404(oauth):
    reply = oauth.get("/realms/no-such-realm/jwks")
    assert reply.status == 404 and reply.headers["Content-Type"] == "application/json"
