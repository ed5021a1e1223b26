"""Starts and stops a whole Tessera in one directory: PostgreSQL cluster, SoftHSM token, tessera-keyd, a mail catcher, tessera serve.

The one implementation: `./tessera-dev up` uses it for the instance a developer plays with, the test suites for theirs. As
root every part runs under a user of its own, as in production; as an ordinary user everything runs as that user.
"""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

from accounts import Account, account, current_account, service_account
from admin import AdminListener
from caught_mail import Mailbox
from certificates import make_certificates
from cluster import Cluster
from ports import free_port, has_ipv6, is_listening
from processes import ENVIRONMENT, Process, StackError, start_ticks
from sanitizers import TSAN_SUPPRESSIONS, sanitizer_environment, sanitizer_reports
from softhsm import SOFTHSM, init_token, make_pin, write_softhsm_conf
from wait import wait_for

SPARE_KEYS = 4  # as keyd keeps them when nothing is set: two of each algorithm of a realm


class Stack:
    """One instance. `binaries` is a build directory; `directory` holds everything the instance makes."""

    def __init__(self, directory: Path, binaries: Path, *, port: int = 0, admin_port: int = 0, mail_port: int = 0, durable: bool = True):
        self.directory = directory
        self.binaries = binaries
        self.port = port or free_port()
        self.admin = AdminListener(admin_port or free_port())
        self.mail_port = mail_port or free_port()
        self.keyd_account = service_account("tessera-keyd")
        self.serve_account = service_account("tessera")
        postgres = account("postgres") if os.geteuid() == 0 else current_account()
        self.postgres = Cluster(directory / "pg", directory / "run" / "pg", postgres, durable=durable)
        self.processes: dict[str, Process] = {}
        self.serve_settings: dict[str, str] = {}
        self.keyd_settings: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------------ places

    @property
    def issuer_base(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def ca_file(self) -> Path:
        return self.directory / "tls" / "ca.pem"

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
    def mailbox(self) -> Mailbox:
        return Mailbox(self.directory / "mail")

    @property
    def pin_file(self) -> Path:
        return self.directory / "keyd" / "pin"

    @property
    def softhsm_conf(self) -> Path:
        return self.directory / "conf" / "softhsm2.conf"

    @property
    def suppressions(self) -> Path:
        """A copy: service users may not reach the tree."""
        return self.directory / "conf" / TSAN_SUPPRESSIONS.name

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    def log_file(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def binary(self, name: str) -> Path:
        folder = {"tessera": "daemon", "tessera-keyd": "keyd"}[name]
        return self.binaries / folder / name

    # ------------------------------------------------------------------------------------------------ preparing

    def folder(self, name: str, owner: Account, mode: int, group: int | None = None) -> None:
        path = self.directory / name
        path.mkdir(parents=True, exist_ok=True)
        owner.own(path, group)
        path.chmod(mode)

    def prepare(self) -> None:
        """Makes every directory, secret and configuration file that is not there yet. Idempotent."""
        me = current_account()
        self.directory.mkdir(parents=True, exist_ok=True)
        for name in ("run", "logs", "conf", "tls"):
            self.folder(name, me, 0o755)
        self.folder("mail", me, 0o700)
        self.folder("pg", self.postgres.account, 0o700)
        self.folder("run/pg", self.postgres.account, 0o755)
        # setgid: a socket made here belongs to the group of those who may connect.
        self.folder("run/keyd", self.keyd_account, 0o2750, self.serve_account.gid)
        self.folder("run/keyd-admin", self.keyd_account, 0o2750, me.gid)
        self.folder("run/console", self.serve_account, 0o2750, me.gid)
        for name in ("keyd", "keyd/state", "keyd/tokens"):
            self.folder(name, self.keyd_account, 0o700)
        shutil.copyfile(TSAN_SUPPRESSIONS, self.suppressions)
        make_certificates(self.directory / "tls")
        self.serve_account.own(self.directory / "tls" / "server.key")
        write_softhsm_conf(self.softhsm_conf, self.directory / "keyd" / "tokens")
        self.init_token()
        self.postgres.init(self.serve_account)

    def init_token(self) -> None:
        done = self.directory / "keyd" / "token-main"
        if not done.exists():
            init_token("main", make_pin(self.pin_file), self.softhsm_conf, self.keyd_account)
            self.keyd_account.own(self.pin_file)
            done.touch()

    def migrate(self) -> None:
        self.tessera("migrate", f"--database-url={self.postgres.database_url()}")

    # ------------------------------------------------------------------------------------------------ processes

    def environment(self) -> dict[str, str]:
        return ENVIRONMENT | sanitizer_environment(self.suppressions)

    def spawn(self, name: str, command: list[str], who: Account, extra: dict[str, str] | None = None) -> Process:
        with self.log_file(name).open("ab") as log:
            popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                                     env=self.environment() | (extra or {}), **who.for_subprocess())
        started = start_ticks(popen.pid)
        process = Process(name, popen.pid, started or 0, popen)
        self.processes[name] = process
        return process

    def write_settings(self, name: str, settings: dict) -> Path:
        path = self.directory / "conf" / f"{name}.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        return path

    def start_postgres(self) -> None:
        self.spawn("postgres", self.postgres.command(), self.postgres.account)
        wait_for("PostgreSQL to accept connections", self.postgres.is_ready, 60)

    def start_keyd(self) -> Process:
        path = self.write_settings("keyd", {
            "front-socket": self.keyd_front_socket, "admin-socket": self.keyd_admin_socket,
            "front-uids": self.serve_account.uid, "admin-uids": os.geteuid(),
            "state-directory": self.directory / "keyd" / "state", "module": SOFTHSM,
            "module-config-env": f"SOFTHSM2_CONF={self.softhsm_conf}", "tokens": "main", "pin-file": self.pin_file,
            "issuer-domain": self.issuer_base,
        } | self.keyd_settings)
        process = self.spawn("tessera-keyd", [str(self.binary("tessera-keyd")), f"--config={path}"], self.keyd_account)
        self.wait_started(process, "tessera-keyd to listen", self.keyd_front_socket.exists)
        return process

    def start_mail(self) -> Process:
        script = Path(__file__).resolve().parent / "mail_catcher.py"
        process = self.spawn("mail-catcher", [sys.executable, "-I", "-B", str(script), f"--directory={self.directory / 'mail'}",
                                              f"--port={self.mail_port}"], current_account())
        self.wait_started(process, "the mail catcher to listen", lambda: is_listening(self.mail_port))
        return process

    def start_serve(self, name: str = "tessera-serve", port: int = 0, admin_port: int = 0) -> Process:
        """The front; with another name a second front on the same database and keyd."""
        port, admin = port or self.port, AdminListener(admin_port) if admin_port else self.admin
        path = self.write_settings(name, {
            "issuer-base": self.issuer_base, "listen": f"127.0.0.1:{port}" + (f",[::1]:{port}" if has_ipv6() else ""),
            "tls-certificate": self.directory / "tls" / "server.pem", "tls-key": self.directory / "tls" / "server.key",
            "admin-listen": f"127.0.0.1:{admin.port}",
            "console-socket": self.console_socket if name == "tessera-serve" else self.console_socket.with_name(f"{name}.sock"),
            "console-uids": os.geteuid(), "keyd-socket": self.keyd_front_socket,
            "database-url": f"host={self.postgres.sockets} dbname=tessera",
            "smtp-url": f"smtp://127.0.0.1:{self.mail_port}", "smtp-from": "no-reply@tessera.example",
        } | self.serve_settings)
        process = self.spawn(name, [str(self.binary("tessera")), "serve", f"--config={path}"], self.serve_account)
        self.wait_started(process, f"{name} to be ready", admin.is_ready)
        return process

    def wait_started(self, process: Process, what: str, condition) -> None:
        def ready():
            if not process.is_running():
                tail = "".join(self.log_file(process.name).read_text(errors="replace").splitlines(keepends=True)[-20:])
                raise StackError(f"{process.name} ended while starting; {self.log_file(process.name)} ends with:\n{tail}")
            return condition()
        wait_for(what, ready, 60)

    def start(self, name: str) -> None:
        {"postgres": self.start_postgres, "tessera-keyd": self.start_keyd, "mail-catcher": self.start_mail,
         "tessera-serve": self.start_serve}[name]()

    def stop(self, name: str) -> None:
        # SIGINT is PostgreSQL's fast shutdown.
        self.processes.pop(name).stop(signal.SIGINT if name == "postgres" else signal.SIGTERM)

    def up(self) -> None:
        self.prepare()
        self.start_postgres()
        self.postgres.create_database()
        self.migrate()
        self.start_keyd()
        self.start_mail()
        self.start_serve()

    def down(self) -> None:
        """Stops everything, front first, PostgreSQL last."""
        last = ("tessera-keyd", "postgres")
        for name in [name for name in self.processes if name not in last] + [name for name in last if name in self.processes]:
            self.stop(name)

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

    def wait_for_spare_keys(self) -> None:
        """An RSA key in the making keeps the token busy for longer than a sign-in waits on a busy machine."""
        def has_spares():
            return all(token["spare_keys"] == SPARE_KEYS for token in self.tessera_json("keys", "tokens")["tokens"])
        wait_for("keyd to have nothing left to make", has_spares, 120, every=0.2)

    def tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    def sanitizer_reports(self) -> list[str]:
        return sanitizer_reports(self.logs)

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
