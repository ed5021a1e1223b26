"""A person with a browser, and the app of a third-party library that sends them here and there.

The app is a program that speaks one JSON object a line: it reads its configuration, says {"visit": URL} and reads {"at": URL},
where the browser came to be, and ends with {"done": what it found}.
"""

import json
import secrets
import subprocess
import threading
import urllib.parse
import urllib.request

from browser import Browser

PASSWORD = "correct horse battery staple 42"
APP_SECONDS_MAX = 120


class Person:
    """A user of the realm, made by the command line; signs in on the hosted pages, allows what is asked."""

    def __init__(self, stack, realm):
        self.stack, self.realm = stack, realm
        self.email = f"p{secrets.token_hex(6)}@example.com"
        self.id = stack.tessera_json("user", "create", "--project", realm.slug, "--email", self.email, "--email-verified",
                                     "--display-name", "Ada Example")["id"]
        stack.tessera_json("user", "set-password", "--project", realm.slug, self.id, stdin=PASSWORD)
        self.browser, self.allowed = Browser(stack.issuer_base, realm.nodes), 0

    def visit(self, url: str) -> str:
        """Where the browser is once everything asked was answered."""
        page = self.browser.get(url)
        if urllib.parse.urlsplit(page.url).path == self.realm.path + "/login":
            page = self.browser.submit(username=self.email, password=PASSWORD)
        if urllib.parse.urlsplit(page.url).path == self.realm.path + "/consent":
            page = self.browser.submit("allow")
            self.allowed += 1
        if page.url.startswith("http://127.0.0.1:"):  # an app on this machine is told, as a browser would tell it
            with urllib.request.urlopen(page.url, timeout=20) as reply:
                assert reply.status == 200
        return page.url

    def is_signed_in(self) -> bool:
        return self.browser.get(self.realm.path + "/account").url.endswith("/account")


def use(person: Person, command, configuration: dict, **environment) -> dict:
    """Runs the app with this person before it; what it was done with."""
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, bufsize=1, env={"PATH": "/usr/bin:/bin"} | environment) as app:
        too_long = threading.Timer(APP_SECONDS_MAX, app.kill)
        too_long.start()
        try:
            app.stdin.write(json.dumps(configuration) + "\n")
            for line in app.stdout:
                said = json.loads(line)
                if "done" in said:
                    return said["done"]
                app.stdin.write(json.dumps({"at": person.visit(said["visit"])}) + "\n")
            raise AssertionError(f"the app ended: {app.stderr.read()[-4000:]}")
        finally:
            too_long.cancel()
            app.kill()
