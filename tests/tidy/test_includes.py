"""Who may include whom (docs/architecture.md): rooms look downward only, and third-party headers have one room each."""

import re

from sources import ROOT, cpp_files, name_of, product_files

# The first row whose path prefix fits decides; a file may include what lies under one of these.
MAY_INCLUDE = [
    ("base/", ["base/"]),
    ("keyd/wire/", ["base/", "keyd/wire/", "keyd/proto/"]),
    ("keyd/client/", ["base/", "keyd/client/", "keyd/wire/", "keyd/proto/"]),
    ("keyd/pkcs11/", ["base/", "keyd/pkcs11/"]),
    ("keyd/", ["base/", "keyd/"]),
    ("storage/", ["base/", "storage/"]),
    ("daemon/", ["base/", "storage/", "keyd/client/", "keyd/proto/", "daemon/"]),
    ("tests/", ["base/", "keyd/", "storage/", "daemon/", "tests/"]),
]

# Inside daemon: a lower number never includes a higher one.
DAEMON_LEVEL = [
    ("daemon/jose/", 0), ("daemon/settings/", 0), ("daemon/realm", 1), ("daemon/record_cache", 1), ("daemon/resource_uri", 0),
    ("daemon/http/", 1), ("daemon/keys/", 1), ("daemon/audit/", 1), ("daemon/front", 2), ("daemon/page/", 2), ("daemon/transact", 2),
    ("daemon/claim_syntax", 0), ("daemon/email_address", 0), ("daemon/metrics_text", 6), ("daemon/metrics", 1),
    ("daemon/outbound/", 1), ("daemon/mail/", 2), ("daemon/login/password", 1), ("daemon/login/", 3),
    ("daemon/jobs/", 5), ("daemon/oauth/", 4), ("daemon/oidc/", 4), ("daemon/api/", 4), ("daemon/routes", 5), ("daemon/commands/", 6),
    ("daemon/main", 7),
]

# Headers of a library, and those made from a .proto: the rooms that know it or speak that protocol.
ROOMS_OF_HEADERS = {
    r"keyd/proto/": ["keyd/", "daemon/keys/", "daemon/commands/"],
    r"daemon/api/.*\.pb\.h": ["daemon/api/"],
    r"boost/beast": ["daemon/http/"],
    r"pqxx": ["storage/"],
    r"p11-kit|pkcs11\.h": ["keyd/pkcs11/"],
    r"sqlite3": ["keyd/keyring/"],
    r"curl/": ["daemon/outbound/"],
    r"prometheus/": ["daemon/metrics_text.cpp"],
    r"spdlog": ["base/log.cpp"],
    r"kainjow/": ["daemon/page/render.cpp"],
    r"png\.h": ["daemon/page/logo.cpp"],
    r"argon2\.h": ["daemon/login/password_hash.cpp"],
    r"zxcvbn\.h": ["daemon/login/password_strength.cpp"],
    r"qrencode\.h": ["daemon/login/qr.cpp"],
    r"fido": ["daemon/login/webauthn_"],
    r"cbor": ["daemon/login/"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def includes(path):
    return INCLUDE.findall(path.read_text())


def allowed(name):
    return next(rows for prefix, rows in MAY_INCLUDE if name.startswith(prefix))


def test_rooms_include_only_what_lies_below_them():
    wrong = [f"{name_of(path)} includes {included}" for path in cpp_files() for kind, included in includes(path)
             if kind == '"' and "/" in included and not included.startswith(tuple(allowed(name_of(path))))]
    assert not wrong, "\n".join(wrong)


def level(name):
    return next((number for prefix, number in DAEMON_LEVEL if name.startswith(prefix)), None)


def test_every_daemon_file_has_a_level_and_every_rule_a_file():
    names = [name_of(path) for path in cpp_files()]
    unneeded = [prefix for prefix, _ in MAY_INCLUDE + DAEMON_LEVEL if not any(name.startswith(prefix) for name in names)]
    assert not unneeded, unneeded
    missing = [name_of(path) for path in product_files() if name_of(path).startswith("daemon/") and level(name_of(path)) is None]
    assert not missing, missing


def test_daemon_looks_downward_only():
    wrong = []
    for path in product_files():
        own = level(name_of(path)) if name_of(path).startswith("daemon/") else None
        if own is None:
            continue
        for kind, included in includes(path):
            other = level(included) if included.startswith("daemon/") else None
            if other is not None and other > own:
                wrong.append(f"{name_of(path)} (level {own}) includes {included} (level {other})")
    assert not wrong, "\n".join(wrong)


def test_headers_of_libraries_and_protocols_have_their_rooms():
    wrong = []
    for path in product_files():
        for _, included in includes(path):
            for pattern, rooms in ROOMS_OF_HEADERS.items():
                if re.match(pattern, included) and not name_of(path).startswith(tuple(rooms)):
                    wrong.append(f"{name_of(path)} includes {included}, which belongs to {rooms}")
    assert not wrong, "\n".join(wrong)


def test_the_architecture_page_has_every_room_of_the_daemon_at_its_level():
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms = {name_of(path).split("/")[1] for path in product_files() if name_of(path).startswith("daemon/") and name_of(path).count("/") > 1}
    missing = [room for room in sorted(rooms) if f"`daemon/{room}/`" not in page]
    assert not missing, missing
    steps = [step.split(", ") for step in re.search(r"^main → .*$", page, re.M)[0].split(" → ")]
    assert rooms <= set(sum(steps, [])), rooms - set(sum(steps, []))
    levels = [min(number for prefix, number in DAEMON_LEVEL if prefix in (f"daemon/{room}/", f"daemon/{room}")) for step in steps for room in step]
    assert levels == sorted(levels, reverse=True), list(zip(sum(steps, []), levels))
