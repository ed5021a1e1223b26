"""A certificate authority of one's own, and the server's certificate it vouches for."""

import subprocess
from pathlib import Path

CONFIG = """\
[req]
distinguished_name=dn
[dn]
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
extendedKeyUsage=serverAuth
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
authorityKeyIdentifier=keyid
subjectKeyIdentifier=hash
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_certificates(directory: Path) -> None:
    """ca.pem, server.pem and server.key for localhost, unless they are there."""
    if (directory / "server.pem").exists():
        return
    (directory / "server.cnf").write_text(CONFIG)

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)

    openssl("req", "-x509", *CURVE, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
            "-subj", "/CN=Tessera development CA", "-config", "server.cnf", "-extensions", "ca")
    openssl("req", *CURVE, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost", "-config", "server.cnf")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "825",
            "-out", "server.pem", "-extfile", "server.cnf", "-extensions", "server")
    for name in ("ca.key", "server.key"):
        (directory / name).chmod(0o600)
