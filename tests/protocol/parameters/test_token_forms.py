"""Every parameter of the token, introspection, revocation and UserInfo endpoints, wrong in every way: the registry's code, its status, never a 500."""

from code_flow import REDIRECT_URI
from jose import Key
from mutations import NO_TEXT, every
from oauth_client import ASSERTION_TYPE, basic_header

BAD = {"invalid_request"}
FORM = ("Content-Type", "application/x-www-form-urlencoded")

# For each grant: its parameters, and what a value that is well-formed and wrong is answered with. Absent and empty are one.
# "ok": the parameter is not needed, or not read by this grant.
CODE = {"grant_type": {"absent": BAD, "other": {"unsupported_grant_type"}}, "code": {"absent": BAD, "other": {"invalid_grant"}},
        "redirect_uri": {"absent": {"ok"}, "other": {"invalid_grant"}}, "code_verifier": {"absent": {"invalid_grant"}, "other": {"invalid_grant"}},
        "resource": {"absent": {"ok"}, "other": {"invalid_target"}, "twice": {"invalid_target"}}, "scope": {"absent": {"ok"}, "other": {"ok"}},
        "client_id": {"absent": {"ok"}, "other": {"invalid_request", "invalid_client"}},
        "client_secret": {"absent": {"ok"}, "other": {"invalid_request"}},
        "client_assertion": {"absent": {"ok"}, "other": {"invalid_request"}},
        "client_assertion_type": {"absent": {"ok"}, "other": {"invalid_request", "ok"}}, "audience": {"absent": {"ok"}, "other": {"ok"}, "twice": {"ok"}},
        "unheard_of": {"absent": {"ok"}, "other": {"ok"}}}
REFRESH = {name: CODE[name] for name in ("grant_type", "resource", "client_id", "client_secret", "unheard_of")} | {
    "refresh_token": {"absent": BAD, "other": {"invalid_grant"}}, "scope": {"absent": {"ok"}, "other": {"invalid_scope"}}}
CLIENT = {name: CODE[name] for name in ("grant_type", "resource", "client_id", "client_secret", "unheard_of")} | {
    "scope": {"absent": {"ok"}, "other": {"invalid_scope"}}}
LOOK = {"token": {"absent": BAD, "other": {"ok"}}, "token_type_hint": {"absent": {"ok"}, "other": {"ok"}}, "client_id": CODE["client_id"],
        "client_secret": CODE["client_secret"], "unheard_of": CODE["unheard_of"]}
STATUS = {"ok": 200, "invalid_client": 401}


def wanted(row, mutation):
    if mutation in NO_TEXT:
        return BAD
    if mutation == "twice":
        return row.get("twice", BAD)
    if mutation in ("absent", "empty", "brackets"):
        return row["absent"]
    return row["other"]


def walk(table, good, send):
    """Sends every mutation of every parameter; the cells that were answered otherwise than the table says."""
    wrong = []
    for name, mutation, body in every(good(), table):
        reply = send(body)
        said = "ok" if reply.status == 200 else reply.error
        is_right = said in wanted(table[name], mutation) and reply.status == STATUS.get(said, 400)
        if not is_right or reply.headers["Cache-Control"] != "no-store":
            wrong.append((name, mutation, reply.status, reply.body[:120]))
    return wrong


def assert_answered(wrong):
    assert not wrong, "\n".join(map(str, wrong))


def test_parameters_of_the_code_grant(oauth, app, browser):
    codes = []

    def good():
        return [("grant_type", "authorization_code"), ("code", app.code(browser)), ("redirect_uri", REDIRECT_URI), ("code_verifier", app.verifier)]

    def send(body):
        """A code that was used is another code's turn."""
        reply = oauth.post(body if not codes else body.replace(codes[0], codes[-1]), [basic_header(app.client.id, app.client.secret)])
        if reply.status == 200:
            codes.append(app.code(browser))
        return reply

    start = good()
    codes.append(start[1][1])
    assert_answered(walk(CODE, lambda: start, send))


def test_parameters_of_the_refresh_grant(oauth, app, browser):
    token = app.tokens(browser)["refresh_token"]
    auth = [basic_header(app.client.id, app.client.secret)]
    assert_answered(walk(REFRESH, lambda: [("grant_type", "refresh_token"), ("refresh_token", token)], lambda body: oauth.post(body, auth)))
    assert app.refresh(token).status == 200


def test_parameters_of_the_clients_own_grant(oauth):
    client = oauth.add_client()
    auth = [basic_header(client.id, client.secret)]
    assert_answered(walk(CLIENT, lambda: [("grant_type", "client_credentials")], lambda body: oauth.post(body, auth)))


def test_parameters_of_introspection_and_revocation(oauth):
    client = oauth.add_client()
    auth = [basic_header(client.id, client.secret)]
    for path in ("/introspect", "/revoke"):
        good = [("token", "a.b.c"), ("token_type_hint", "access_token")]
        assert_answered(walk(LOOK, lambda good=good: good, lambda body, path=path: oauth.post(body, auth, path=path)))


def test_what_authenticates_a_client_is_wrong_in_every_way(oauth):
    """Alone, without the header: 401 for what is no proof, 400 for what is no request."""
    by_post, by_key = oauth.add_client("client_secret_post"), oauth.add_client("private_key_jwt", Key("ES256"))
    wrong = []
    for client, pairs in ((by_post, [("client_id", by_post.id), ("client_secret", by_post.secret)]),
                          (by_key, [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", by_key.assertion(oauth.issuer))])):
        for name, mutation, body in every([("grant_type", "client_credentials"), *pairs], [name for name, _ in pairs]):
            reply = oauth.post(body)
            if (reply.status, reply.error) not in ((400, "invalid_request"), (401, "invalid_client")):
                wrong.append((client.method, name, mutation, reply.status, reply.body))
    assert not wrong, "\n".join(map(str, wrong))


def test_tokens_of_userinfo_in_the_form(oauth, app, browser):
    token = app.tokens(browser)["access_token"]
    wrong = []
    for name, mutation, body in every([("access_token", token)], ["access_token", "unheard_of"]):
        reply = oauth.post(body, path="/userinfo")
        good = {"access_token": {400, 401}, "unheard_of": {400} if mutation in NO_TEXT | {"twice"} else {200}}[name]
        has_challenge = reply.status == 200 or "Bearer" in (reply.headers["WWW-Authenticate"] or "")
        if reply.status not in good or not has_challenge:
            wrong.append((name, mutation, reply.status, reply.body))
    assert not wrong, "\n".join(map(str, wrong))


def test_tokens_of_userinfo_in_the_header(oauth, app, browser):
    token = app.tokens(browser)["access_token"]
    ask = oauth.nodes[0].request
    for value in ("", "Bearer", "Bearer ", "Bearer  " + token, f"Bearer {token} x", f"Bearer {token},{token}", "Bearer \xff", "Bearer a b", "Basic YTpi",
                  "DPoP " + token, "Bearer " + "a" * 7000, "Bearer " + token[:-1], f"Bearer {token}=", token):
        reply = ask("GET", oauth.path + "/userinfo", headers=[("Authorization", value)])
        assert reply.status in (400, 401), (value[:40], reply.status)
        assert "Bearer" in reply.headers["WWW-Authenticate"], value[:40]
    twice = ask("GET", oauth.path + "/userinfo", headers=[("Authorization", f"Bearer {token}")] * 2)
    assert twice.status == 400 and twice.error == "invalid_request"
    assert ask("GET", oauth.path + "/userinfo", headers=[("Authorization", f"bEaReR {token}")]).status == 200
    assert ask("GET", oauth.path + f"/userinfo?access_token={token}").status == 401


def test_what_belongs_to_somebody_else_is_refused_at_each_endpoint(oauth, app, other_app, foreign_app, browser, foreign_browser):
    """Of another client of the realm, and of another realm: nothing is learnt, nothing is spent."""
    mine, foreign = app.tokens(browser), foreign_app.tokens(foreign_browser)
    code, foreign_code = app.code(browser), foreign_app.code(foreign_browser)
    for reply in (other_app.redeem(code), app.redeem(foreign_code), other_app.refresh(mine["refresh_token"]), app.refresh(foreign["refresh_token"])):
        assert (reply.status, reply.error) == (400, "invalid_grant")
    for token in (foreign["access_token"], foreign["refresh_token"], foreign["id_token"], mine["id_token"], mine["refresh_token"], code):
        assert app.userinfo(token).status == 401
        seen = oauth.post({"token": token}, [basic_header(app.client.id, app.client.secret)], path="/introspect")
        assert (seen.status, seen.json) == (200, {"active": False})
    for token in (foreign["access_token"], foreign["refresh_token"], foreign["id_token"]):
        assert oauth.post({"token": token}, [basic_header(app.client.id, app.client.secret)], path="/revoke").status == 200
    assert app.redeem(code).status == 200 and app.refresh(mine["refresh_token"]).status == 200
    assert foreign_app.refresh(foreign["refresh_token"]).status == 200 and foreign_app.userinfo(foreign["access_token"]).status == 200


def test_a_method_or_a_body_of_another_kind_is_refused(oauth, app):
    auth = basic_header(app.client.id, app.client.secret)
    for path in ("/token", "/introspect", "/revoke"):
        for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
            reply = oauth.nodes[0].request(method, oauth.path + path, headers=[auth])
            assert reply.status in (405, 501) and (reply.status == 501 or "POST" in reply.headers["Allow"]), (method, path, reply.status)
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/x-www-form-urlencoded, text/plain"):
            reply = oauth.post(b"grant_type=client_credentials&token=x", [auth], path=path, content_type=kind)
            assert (reply.status, reply.error) == (400, "invalid_request"), (path, kind)
        reply = oauth.nodes[0].request("POST", oauth.path + path, b"token=x", [auth, FORM, FORM])
        assert reply.status == 400, path
