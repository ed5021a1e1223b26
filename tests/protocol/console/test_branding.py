"""How a project's hosted pages look: data, never markup."""

import base64
import struct
import zlib

import pytest

from wait import wait_for


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=2, height=2, extra=b"") -> str:
    rows = b"".join(b"\x00" + b"\x10\x20\x30\xff" * width for _ in range(height))
    data = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) + extra
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return base64.b64encode(data).decode()


@pytest.fixture
def path(project):
    return f"/v1/projects/{project}/branding"


def test_a_look_is_kept_member_by_member_and_served(console, realm, project, path):
    assert set(console.get(path).json.values()) == {""}
    made = console.patch(path, {"name": "Shop", "primaryColor": "#A1B2C3", "logoPng": png()})
    assert made.status == 200 and made.json["primaryColor"] == "#a1b2c3" and made.json["logoPng"]
    changed = console.patch(path, {"accentColor": "#000000"}).json
    assert {name: changed[name] for name in ("name", "primaryColor", "logoPng")} == {name: made.json[name] for name in ("name", "primaryColor", "logoPng")}
    assert "#a1b2c3" in realm.get(f"/realms/{project}/brand.css").body.decode()
    assert realm.get(f"/realms/{project}/brand/logo.png").body == base64.b64decode(made.json["logoPng"])
    event = console.events(project, type="project.branding.updated")
    assert len(event) == 2 and "accentColor" in event[0]["body"]


def test_pages_go_by_the_brands_name_once_it_is_set(console, realm, project, path):
    def pages_say(name):
        return name in realm.get(f"/realms/{project}/login").body.decode()
    assert not pages_say("Larder &amp; Sons")
    assert console.patch(path, {"name": "Larder & Sons"}).status == 200
    wait_for("the pages to say the new name", lambda: pages_say("Larder &amp; Sons"), 5)


def test_a_picture_is_its_pixels_and_nothing_else(console, path):
    comment = b"canary-comment"
    made = console.patch(path, {"logoPng": png(extra=chunk(b"tEXt", b"Comment\x00" + comment))}).json
    assert comment not in base64.b64decode(made["logoPng"]) and base64.b64decode(made["logoPng"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("members", [
    {"primaryColor": "red"}, {"primaryColor": "#12345"}, {"primaryColor": "#123456;}"}, {"accentColor": "url(x)"}, {"name": "x" * 129}, {"name": "a\nb"},
    {"logoPng": base64.b64encode(b"<svg onload=alert(1)>").decode()}, {"logoPng": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()},
    {"logoPng": png(1025, 1)}, {"logoDarkPng": base64.b64encode(b"GIF89a").decode()}, {"markup": "<b>"}])
def test_what_is_no_colour_or_picture_is_refused(console, path, members):
    before = console.get(path).body
    answer = console.patch(path, members)
    assert answer.status == 400 and answer.json["code"] == 3, answer.body
    assert console.get(path).body == before
