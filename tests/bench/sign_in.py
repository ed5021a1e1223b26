"""Browsers that sign in with a password: from the app's link to the answer that sends them back, over kept-alive connections."""

import concurrent.futures
import http.client
import threading
import time
import urllib.parse
from dataclasses import dataclass

from people import CLIENT, PASSWORD, People
from seed import CHALLENGE, REDIRECT_URI

HOST = "127.0.0.1"
# An address may guess 100 times in a window; each of these signs in far less often.
BROWSERS_PER_ADDRESS = 50


def address_of(number: int) -> str:
    """Loopback addresses to come from."""
    at = number // BROWSERS_PER_ADDRESS
    return f"127.{1 + at // 62500}.{at // 250 % 250}.{1 + at % 250}"


@dataclass
class SignIn:
    """One browser at the password."""

    path: str
    origin: str
    cookie: str
    flow: str
    address: str
    email: str

    def body(self) -> str:
        return urllib.parse.urlencode({"flow": self.flow, "step": "0", "username": self.email, "password": PASSWORD})


class Door:
    """Where the people of a realm sign in. Browsers and people are numbered, each used once."""

    def __init__(self, people: People):
        self.people = people
        self.served = people.served
        self.path = people.realm.path
        self.next = 0
        self.lock = threading.Lock()

    def link(self) -> str:
        return self.path + "/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": CLIENT, "redirect_uri": REDIRECT_URI, "scope": "openid", "state": "s",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"})

    def begin(self) -> SignIn:
        with self.lock:
            number = self.next
            self.next += 1
        address = address_of(number)
        connection = http.client.HTTPConnection(HOST, self.served.plain_port, timeout=30, source_address=(address, 0))
        connection.request("GET", self.link())
        answer = connection.getresponse()
        answer.read()
        location = answer.headers["Location"] or ""
        assert answer.status == 303 and "/login?flow=" in location, (answer.status, location)
        cookie = "; ".join(line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or [])
        connection.close()
        return SignIn(self.path + "/login", self.served.stack.issuer_base, cookie, location.partition("flow=")[2], address,
                      self.people.address(number))

    def finish(self, sign_in: SignIn) -> float:
        """The password sent; the milliseconds to the answer."""
        connection = http.client.HTTPConnection(HOST, self.served.plain_port, timeout=30, source_address=(sign_in.address, 0))
        connection.connect()
        begun = time.monotonic()
        connection.request("POST", sign_in.path, sign_in.body(), {"Content-Type": "application/x-www-form-urlencoded", "Cookie": sign_in.cookie,
                                                                  "Origin": sign_in.origin})
        answer = connection.getresponse()
        text = answer.read()
        taken_ms = (time.monotonic() - begun) * 1000
        connection.close()
        assert answer.status == 303 and "/authorize/resume" in (answer.headers["Location"] or ""), (answer.status, text[:300])
        return taken_ms

    def latency_ms(self, times: int) -> float:
        """The median of sign-ins one after the other."""
        prepared = [self.begin() for _ in range(times)]
        return sorted(self.finish(each) for each in prepared)[times // 2]

    def rate(self, prepared: list[SignIn], at_once: int) -> float:
        """Sign-ins a second, `at_once` at a time."""
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            for _ in pool.map(self.finish, prepared):
                pass
        return len(prepared) / (time.monotonic() - begun)
