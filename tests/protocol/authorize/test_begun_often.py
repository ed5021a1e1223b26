"""Authorization requests of strangers: counted before anything of them is kept."""

import uuid

from browser import Browser
from code_flow import App, relying_party, signed_in_browser
from oauth_client import OauthRealm


def test_a_request_beyond_the_limit_of_its_address_leaves_no_row(stack, nodes):
    slug = f"often-{uuid.uuid4().hex[:12]}"
    stack.tessera_json("project", "create", "--slug", slug, "--display-name", slug)
    oauth = OauthRealm(f"{stack.issuer_base}/realms/{slug}", nodes, stack.postgres.database_url)
    app = App(oauth, relying_party(oauth))
    assert app.begin(signed_in_browser(oauth)).status == 200
    assert oauth.execute("UPDATE tessera.rate_counters SET count = 100000 RETURNING true")
    refused = [app.begin(signed_in_browser(oauth)), Browser(stack.issuer_base, nodes).get(oauth.path + "/account")]
    for page in refused:
        assert page.status == 429 and page.reply.headers["Content-Type"].startswith("text/html") and page.reply.headers["Retry-After"]
    kept = "SELECT (SELECT count(*) FROM tessera.authorization_requests), (SELECT count(*) FROM tessera.login_flows)"
    assert oauth.execute(kept) == [(1, 1)]
