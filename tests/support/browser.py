"""A browser without a screen: cookies, redirects and the forms of a page, nothing else. Works without script, as our pages do."""

import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie

from wire import Reply

REDIRECTS = {302, 303}


class _Reader(HTMLParser):
    """The forms, links and ids of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.links, self.ids, self.text = [], {}, {}, []
        self.open_ids, self.link, self.title = [], None, False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.ids.setdefault(given["id"], "")
            if tag not in ("input", "img", "br"):
                self.open_ids.append((tag, given["id"]))
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "id": given.get("id"), "fields": {}, "buttons": []})
        elif tag in ("input", "select") and self.forms and given.get("name"):
            if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                return
            self.forms[-1]["fields"][given["name"]] = given.get("value") or ""
        elif tag == "button" and self.forms:
            self.forms[-1]["buttons"].append(given)
        elif tag == "a":
            self.link = given.get("href")
            self.links.setdefault(self.link, "")

    def handle_endtag(self, tag):
        if self.open_ids and self.open_ids[-1][0] == tag:
            self.open_ids.pop()
        if tag == "a":
            self.link = None

    def handle_data(self, data):
        self.text.append(data)
        for _, element in self.open_ids:
            self.ids[element] += data
        if self.link is not None:
            self.links[self.link] += data


@dataclass
class Page:
    url: str
    reply: Reply
    forms: list = field(default_factory=list)
    links: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    text: str = ""

    @property
    def status(self):
        return self.reply.status

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.url).query))

    def form(self, name=None):
        """The page's main form, or the one with a field or button of that name or value."""
        for form in self.forms:
            if name is None or name in form["fields"] or any(name in (b.get("value"), b.get("id")) for b in form["buttons"]):
                return form
        raise AssertionError(f"no form with {name!r} at {self.url}: {self.text[:400]}")


def read_page(url: str, reply: Reply) -> Page:
    page = Page(url, reply)
    if (reply.headers.get("content-type") or "").startswith("text/html"):
        reader = _Reader()
        reader.feed(reply.body.decode())
        page.forms, page.links, page.ids = reader.forms, reader.links, reader.ids
        page.text = " ".join(" ".join(reader.text).split())
    return page


class Browser:
    """One cookie jar. `nodes` are fronts of one origin: requests go to them in turn, as behind a load balancer."""

    def __init__(self, origin: str, nodes, language="en", user_agent="tests/1.0"):
        self.origin, self.nodes, self.cookies = origin, list(nodes), {}
        self.headers = [("Accept", "text/html"), ("Accept-Language", language), ("User-Agent", user_agent)]
        self.page = None
        self.turn = 0
        self.visited, self.set_cookies = [], []  # every URL asked for, every Set-Cookie line that came

    def request(self, method, url, body=None, headers=()) -> Page:
        """One request, no redirect followed."""
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(self.origin, url))
        target = parts.path + ("?" + parts.query if parts.query else "")
        sent = list(self.headers) + list(headers)
        if self.cookies:
            sent.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        node = self.nodes[self.turn % len(self.nodes)]
        self.turn += 1
        self.visited.append(urllib.parse.urlunsplit(parts))
        reply = node.request(method, target, body, sent)
        for line in reply.headers.get_all("set-cookie") or []:
            self.set_cookies.append(line)
            cookie = SimpleCookie(line)
            for name, morsel in cookie.items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return read_page(urllib.parse.urlunsplit(parts), reply)

    def follow(self, page: Page) -> Page:
        """Redirects within our origin; one that leaves it is where this ends."""
        for _ in range(12):
            location = page.reply.headers.get("location")
            if page.status not in REDIRECTS or location is None:
                break
            target = urllib.parse.urljoin(page.url, location)
            if not target.startswith(self.origin + "/"):
                page = Page(target, page.reply)
                break
            page = self.request("GET", target)
        self.page = page
        return page

    def get(self, url) -> Page:
        return self.follow(self.request("GET", url))

    def post(self, url, fields, headers=()) -> Page:
        body = urllib.parse.urlencode(fields).encode()
        own = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", self.origin)]
        return self.follow(self.request("POST", url, body, own + list(headers)))

    def submit(self, _do=None, _form=None, **fields) -> Page:
        """Fills in the page's form and presses the button whose `do` this is."""
        form = self.page.form(_form if _form is not None else next(iter(fields), None))
        filled = form["fields"] | fields
        if _do is not None:
            filled["do"] = _do
        return self.post(urllib.parse.urljoin(self.page.url, form["action"] or self.page.url), filled)
