"""What a hosted page loads: the shared files by content hash, and the project's own look."""

import hashlib
import re

import psycopg2
import pytest

FILES = {"login.css": "text/css; charset=utf-8", "login.js": "text/javascript; charset=utf-8", "submit.js": "text/javascript; charset=utf-8"}


def get(oauth, path, **options):
    return oauth.get(oauth.path + path, **options)


@pytest.mark.parametrize("name", FILES)
def test_a_file_asked_for_by_its_hash_is_kept_for_a_year(oauth, name):
    plain = get(oauth, f"/assets/{name}")
    assert plain.status == 200 and plain.headers["Content-Type"] == FILES[name]
    assert plain.headers["Cache-Control"] == "no-cache"
    version = hashlib.sha256(plain.body).hexdigest()[:16]
    named = get(oauth, f"/assets/{name}?v={version}")
    assert named.body == plain.body and named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert named.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    again = get(oauth, f"/assets/{name}?v={version}", headers=[("If-None-Match", named.headers["ETag"])])
    assert again.status == 304 and again.body == b""


@pytest.mark.parametrize("name", FILES)
def test_a_page_of_another_version_gets_the_file_there_is(oauth, name):
    reply = get(oauth, f"/assets/{name}?v=0123456789abcdef")
    assert reply.status == 200 and reply.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/", "/assets/login.html", "/assets/login.css/x", "/brand/logo.svg"])
def test_nothing_else_is_served(oauth, path):
    assert get(oauth, path).status == 404


def test_a_project_without_a_look_has_an_empty_style_sheet_and_no_logo(other_oauth):
    style = get(other_oauth, "/brand.css")
    assert style.status == 200 and style.body == b"" and style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert get(other_oauth, "/brand/logo.png").status == 404 and get(other_oauth, "/brand/logo-dark.png").status == 404


def test_a_projects_colours_and_logo_are_served_and_asked_for_by_etag(oauth, other_oauth):
    # 8 × 2 pixels by its header; what is stored was made by us.
    logo = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000008000000020806000000") + b"\0" * 16
    oauth.execute("INSERT INTO tessera.project_branding (project_id, primary_color, logo_png) VALUES (%s, '#0b7a5f', %s)",
                  [str(oauth.project), psycopg2.Binary(logo)])
    style = get(oauth, "/brand.css")
    text = style.body.decode()
    assert "--primary:#0b7a5f;--on-primary:#ffffff;--primary-edge:transparent;" in text and style.headers["Cache-Control"] == "public, max-age=300"
    again = get(oauth, "/brand.css", headers=[("If-None-Match", style.headers["ETag"])])
    assert again.status == 304 and again.body == b""
    address = re.search(r'url\("(brand/logo\.png\?v=[A-Za-z0-9_-]+)"\)', text)[1]
    served = get(oauth, "/" + address)
    assert served.body == logo and served.headers["Content-Type"] == "image/png"
    assert get(other_oauth, "/brand.css").body == b"" and get(other_oauth, "/brand/logo.png").status == 404
