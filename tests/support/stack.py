"""Starts and stops a whole Tessera in one directory: PostgreSQL cluster, SoftHSM token, tessera-keyd, tessera serve.

The one implementation: `./tessera-dev up` uses it for the instance a developer plays with, the test suites for theirs. As
root every part runs under a user of its own, as in production; as an ordinary user everything runs as that user.
"""

import json
import os
import pty
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from wait import wait_for

PG_BIN = Path("/usr/lib/postgresql/15/bin")
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
APP_ROLES = ("tessera_app", "tessera_system", "tessera_audit")
TSAN_SUPPRESSIONS = Path(__file__).with_name("tsan.supp")
SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": f"halt_on_error=1:suppressions={TSAN_SUPPRESSIONS}",
}


class StackError(Exception):
    """What could not be done and what to do about it."""


@dataclass
class Account:
    """A Unix user a part runs as."""

    name: str
    uid: int
    gid: int


def account(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def current_account() -> Account:
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def service_account(name: str) -> Account:
    """As root a system user of this name, made when missing; otherwise whoever runs this."""
    if os.geteuid() != 0:
        return current_account()
    try:
        return account(name)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--user-group", name],
                       check=True, capture_output=True)
        return account(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_ticks(pid: int) -> int | None:
    """When a process started, to tell it from a later one with the same pid; None when it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


@dataclass
class Process:
    """A process we started, known by pid and start time, so that it survives us being run anew."""

    name: str
    pid: int
    started: int
    popen: subprocess.Popen | None = field(default=None, repr=False)

    def is_running(self) -> bool:
        if self.popen is not None and self.popen.poll() is not None:
            return False
        return start_ticks(self.pid) == self.started

    def send(self, number: int) -> None:
        if self.is_running():
            os.kill(self.pid, number)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> None:
        self.send(number)
        try:
            wait_for(f"{self.name} to end", lambda: not self.is_running(), seconds)
        except AssertionError:
            self.send(signal.SIGKILL)
            wait_for(f"{self.name} to be killed", lambda: not self.is_running(), 10)
        if self.popen is not None:
            self.popen.wait()

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


class Stack:
    """One instance. `binaries` is a build directory; `directory` holds everything the instance makes."""

    def __init__(self, directory: Path, binaries: Path, *, port: int = 0, admin_port: int = 0, durable: bool = True):
        self.directory = directory
        self.binaries = binaries
        self.port = port or free_port()
        self.admin_port = admin_port or free_port()
        self.durable = durable
        self.postgres_account = account("postgres") if os.geteuid() == 0 else current_account()
        self.keyd_account = service_account("tessera-keyd")
        self.serve_account = service_account("tessera")
        self.processes: dict[str, Process] = {}
        self.serve_settings: dict[str, str] = {}
        self.keyd_settings: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------------ places

    @property
    def issuer_base(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}"

    @property
    def ca_file(self) -> Path:
        return self.directory / "tls" / "ca.pem"

    @property
    def postgres_socket(self) -> Path:
        return self.directory / "run" / "pg"

    @property
    def console_socket(self) -> Path:
        return self.directory / "run" / "console" / "console.sock"

    @property
    def keyd_front_socket(self) -> Path:
        return self.directory / "run" / "keyd" / "front.sock"

    @property
    def keyd_admin_socket(self) -> Path:
        return self.directory / "run" / "keyd-admin" / "admin.sock"

    @property
    def pin_file(self) -> Path:
        return self.directory / "keyd" / "pin"

    @property
    def softhsm_conf(self) -> Path:
        return self.directory / "conf" / "softhsm2.conf"

    def database_url(self, role: str = "tessera_owner") -> str:
        return f"host={self.postgres_socket} dbname=tessera user={role}"

    def log_file(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def binary(self, name: str) -> Path:
        folder = {"tessera": "daemon", "tessera-keyd": "keyd"}[name]
        return self.binaries / folder / name

    # ------------------------------------------------------------------------------------------------ preparing

    def folder(self, name: str, owner: Account, mode: int, group: int | None = None) -> Path:
        path = self.directory / name
        path.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, owner.uid, owner.gid if group is None else group)
        path.chmod(mode)
        return path

    def prepare(self) -> None:
        """Makes every directory, secret and configuration file that is not there yet. Idempotent."""
        me = current_account()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.folder("run", me, 0o755)
        self.folder("logs", me, 0o755)
        self.folder("conf", me, 0o755)
        self.folder("tls", me, 0o755)
        self.folder("run/pg", self.postgres_account, 0o755)
        # setgid: a socket made here belongs to the group of those who may connect.
        self.folder("run/keyd", self.keyd_account, 0o2750, self.serve_account.gid)
        self.folder("run/keyd-admin", self.keyd_account, 0o2750, me.gid)
        self.folder("run/console", self.serve_account, 0o2750, me.gid)
        self.folder("keyd", self.keyd_account, 0o700)
        self.folder("keyd/state", self.keyd_account, 0o700)
        self.folder("keyd/tokens", self.keyd_account, 0o700)
        self.softhsm_conf.write_text(f"directories.tokendir = {self.directory}/keyd/tokens\nobjectstore.backend = file\n"
                                     "log.level = ERROR\nslots.removable = false\n")
        shutil.copyfile(TSAN_SUPPRESSIONS, self.directory / "conf" / TSAN_SUPPRESSIONS.name)
        self.make_certificates()
        self.init_token()

    def make_certificates(self) -> None:
        tls = self.directory / "tls"
        if (tls / "server.pem").exists():
            return
        config = tls / "server.cnf"
        config.write_text("[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:true\n"
                          "keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n[server]\n"
                          "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n"
                          "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\n"
                          "authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n")

        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=tls, check=True, capture_output=True)

        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj", "/CN=Tessera development CA",
                "-config", "server.cnf", "-extensions", "ca")
        openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost", "-config", "server.cnf")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "825",
                "-out", "server.pem", "-extfile", "server.cnf", "-extensions", "server")
        for name in ("ca.key", "server.key"):
            (tls / name).chmod(0o600)
        if os.geteuid() == 0:
            os.chown(tls / "server.key", self.serve_account.uid, self.serve_account.gid)

    def init_token(self, label: str = "main") -> None:
        """A SoftHSM token with a random PIN in a file only keyd's user reads. The PIN goes over a terminal, never argv."""
        done = self.directory / "keyd" / f"token-{label}"
        if done.exists():
            return
        if self.pin_file.exists():
            pin = self.pin_file.read_text()
        else:
            pin = secrets.token_urlsafe(24)
            descriptor = os.open(self.pin_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(pin)
        so_pin = secrets.token_urlsafe(24)
        child, terminal = pty.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(self.keyd_account.gid)
                os.setuid(self.keyd_account.uid)
            os.execve("/usr/bin/softhsm2-util", ["softhsm2-util", "--init-token", "--free", "--label", label],
                      {"SOFTHSM2_CONF": str(self.softhsm_conf), "PATH": "/usr/bin:/bin"})
        said = b""
        for prompt, answer in ((b"SO PIN", so_pin), (b"SO PIN", so_pin), (b"user PIN", pin), (b"user PIN", pin)):
            while prompt not in said:
                chunk = os.read(terminal, 1024)
                if not chunk:
                    break
                said += chunk
            said = b""
            os.write(terminal, answer.encode() + b"\n")
        try:
            while chunk := os.read(terminal, 1024):
                said += chunk
        except OSError:
            pass  # the terminal is gone with the child
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        if status != 0:
            raise StackError(f"softhsm2-util could not make token {label}: {said.decode(errors='replace')}")
        if os.geteuid() == 0:
            os.chown(self.pin_file, self.keyd_account.uid, self.keyd_account.gid)
        done.touch()

    # ------------------------------------------------------------------------------------------------ PostgreSQL

    def init_postgres(self) -> None:
        data = self.directory / "pg"
        if (data / "PG_VERSION").exists():
            return
        self.folder("pg", self.postgres_account, 0o700)
        self.run_as(self.postgres_account, [str(PG_BIN / "initdb"), "-D", str(data), "-U", "postgres", "--auth=peer",
                                            "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"])
        (data / "pg_hba.conf").write_text("local all all peer map=tessera\n")
        me = current_account()
        names = [(self.postgres_account.name, "postgres"), (me.name, "tessera_owner"), (me.name, "postgres")]
        names += [(who.name, role) for who in (self.serve_account, me) for role in APP_ROLES]
        (data / "pg_ident.conf").write_text("".join(f"tessera {who} {role}\n" for who, role in dict.fromkeys(names)))

    def start_postgres(self) -> None:
        data = self.directory / "pg"
        (data / "postmaster.pid").unlink(missing_ok=True)
        options = {"listen_addresses": "", "unix_socket_directories": str(self.postgres_socket), "max_connections": "200",
                   "shared_buffers": "128MB", "log_min_messages": "warning", "log_line_prefix": "%m [%p] %q%u@%d ",
                   "fsync": "on" if self.durable else "off", "full_page_writes": "on" if self.durable else "off"}
        arguments = [str(PG_BIN / "postgres"), "-D", str(data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        self.spawn("postgres", arguments, self.postgres_account)
        wait_for("PostgreSQL to accept connections",
                 lambda: subprocess.run([str(PG_BIN / "pg_isready"), "-q", "-U", "postgres", "-d", "postgres", "-h", str(self.postgres_socket)]).returncode == 0, 60)

    def create_database(self) -> None:
        if self.psql("SELECT count(*) FROM pg_database WHERE datname = 'tessera'", "postgres", "postgres") == "1":
            return
        if self.psql("SELECT count(*) FROM pg_roles WHERE rolname = 'tessera_owner'", "postgres", "postgres") == "0":
            self.psql("CREATE ROLE tessera_owner LOGIN CREATEROLE", "postgres", "postgres")
        self.psql("CREATE DATABASE tessera OWNER tessera_owner", "postgres", "postgres")

    def psql(self, statement: str, role: str = "tessera_owner", database: str = "tessera") -> str:
        """Runs one statement as `role` and returns what it printed, unaligned."""
        command = [str(PG_BIN / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.postgres_socket), "-U", role, "-d",
                   database, "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise StackError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def migrate(self) -> None:
        self.tessera("migrate", f"--database-url={self.database_url()}")

    # ------------------------------------------------------------------------------------------------ processes

    def run_as(self, who: Account, command: list[str]) -> str:
        kwargs = {"user": who.uid, "group": who.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=self.environment(), **kwargs)
        if done.returncode != 0:
            raise StackError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def environment(self) -> dict[str, str]:
        # Service users may not reach the tree.
        suppressions = self.directory / "conf" / TSAN_SUPPRESSIONS.name
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **SANITIZER_ENV,
                "TSAN_OPTIONS": SANITIZER_ENV["TSAN_OPTIONS"].replace(str(TSAN_SUPPRESSIONS), str(suppressions))}

    def spawn(self, name: str, command: list[str], who: Account, extra: dict[str, str] | None = None) -> Process:
        kwargs = {"user": who.uid, "group": who.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with self.log_file(name).open("ab") as log:
            popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                                     env=self.environment() | (extra or {}), **kwargs)
        started = start_ticks(popen.pid)
        process = Process(name, popen.pid, started or 0, popen)
        self.processes[name] = process
        return process

    @staticmethod
    def write_settings(path: Path, settings: dict[str, str]) -> None:
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))

    def start_keyd(self) -> Process:
        settings = {
            "front-socket": self.keyd_front_socket, "admin-socket": self.keyd_admin_socket,
            "front-uids": self.serve_account.uid, "admin-uids": os.geteuid(),
            "state-directory": self.directory / "keyd" / "state", "module": SOFTHSM,
            "module-config-env": f"SOFTHSM2_CONF={self.softhsm_conf}", "tokens": "main", "pin-file": self.pin_file,
            "issuer-domain": self.issuer_base,
        } | self.keyd_settings
        path = self.directory / "conf" / "keyd.conf"
        self.write_settings(path, {name: str(value) for name, value in settings.items()})
        process = self.spawn("tessera-keyd", [str(self.binary("tessera-keyd")), f"--config={path}"], self.keyd_account)
        self.wait_started(process, "tessera-keyd to listen", self.keyd_front_socket.exists)
        return process

    def serve_configuration(self, name: str, port: int, admin_port: int) -> Path:
        settings = {
            "issuer-base": self.issuer_base, "listen": f"127.0.0.1:{port},[::1]:{port}" if has_ipv6() else f"127.0.0.1:{port}",
            "tls-certificate": self.directory / "tls" / "server.pem", "tls-key": self.directory / "tls" / "server.key",
            "admin-listen": f"127.0.0.1:{admin_port}",
            "console-socket": self.console_socket if name == "tessera-serve" else self.console_socket.with_name(f"{name}.sock"),
            "console-uids": os.geteuid(), "keyd-socket": self.keyd_front_socket,
            "database-url": f"host={self.postgres_socket} dbname=tessera",
        } | self.serve_settings
        path = self.directory / "conf" / f"{name}.conf"
        self.write_settings(path, {key: str(value) for key, value in settings.items()})
        return path

    def start_serve(self, name: str = "tessera-serve", port: int = 0, admin_port: int = 0) -> Process:
        """The front; with another name a second front on the same database and keyd."""
        port, admin_port = port or self.port, admin_port or self.admin_port
        path = self.serve_configuration(name, port, admin_port)
        process = self.spawn(name, [str(self.binary("tessera")), "serve", f"--config={path}"], self.serve_account)
        self.wait_started(process, f"{name} to be ready", lambda: http_status(f"http://127.0.0.1:{admin_port}/readyz") == 200)
        return process

    def wait_started(self, process: Process, what: str, condition) -> None:
        def ready():
            if not process.is_running():
                tail = "".join(self.log_file(process.name).read_text(errors="replace").splitlines(keepends=True)[-20:])
                raise StackError(f"{process.name} ended while starting; {self.log_file(process.name)} ends with:\n{tail}")
            return condition()
        wait_for(what, ready, 60)

    def up(self) -> None:
        self.prepare()
        self.init_postgres()
        self.start_postgres()
        self.create_database()
        self.migrate()
        self.start_keyd()
        self.start_serve()

    def down(self) -> None:
        """Stops everything, front first, PostgreSQL last."""
        last = ("tessera-keyd", "postgres")
        for name in [name for name in self.processes if name not in last] + [name for name in last if name in self.processes]:
            # SIGINT is PostgreSQL's fast shutdown.
            self.processes[name].stop(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        self.processes.clear()

    # ------------------------------------------------------------------------------------------------ using it

    def tessera(self, *arguments: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
        """The command line, as the operator who started this."""
        environment = self.environment() | {"TESSERA_CONSOLE_SOCKET": str(self.console_socket),
                                            "TESSERA_KEYD_ADMIN_SOCKET": str(self.keyd_admin_socket)}
        done = subprocess.run([str(self.binary("tessera")), *arguments], input=stdin, capture_output=True, text=True,
                              env=environment, timeout=120)
        if check and done.returncode != 0:
            raise StackError(f"tessera {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
        return done

    def tessera_json(self, *arguments: str, stdin: str | None = None):
        return json.loads(self.tessera(*arguments, "--json", stdin=stdin).stdout)

    def tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    def sanitizer_reports(self) -> list[str]:
        """Log lines that say a sanitizer or an assertion of ours spoke."""
        marks = ("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "assertion failed:")
        return [f"{log.name}: {line}" for log in sorted((self.directory / "logs").glob("*.log"))
                for line in log.read_text(errors="replace").splitlines() if any(mark in line for mark in marks)]

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def http_status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
