"""One page of a sign-in answered by many at once, over every front."""

import urllib.parse
from collections import Counter

from at_once import at_once

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def cookies_of(browser):
    return ("Cookie", "; ".join(f"{name}={value}" for name, value in browser.cookies.items()))


def press_everywhere(house, browsers, **answer):
    """Fifty answers to the pages these browsers are at, each page's many times and at both fronts. The replies, of which nothing is followed."""
    pages = []
    for browser in browsers:
        fields = browser.page.form(next(iter(answer)))["fields"] | answer
        pages.append((urllib.parse.urlencode(fields).encode(), [FORM, cookies_of(browser), ("Origin", browser.origin)]))

    def press(number):
        body, headers = pages[number // 2 % len(pages)]
        return house.oauth.nodes[number % 2].request("POST", house.oauth.path + "/login", body, headers)
    return answered(house, browsers, at_once(press))


def answered(house, browsers, replies):
    """With those of the browsers that look where their sign-in stands: whoever was told to come again shortly does."""
    assert {reply.status for reply in replies} <= {200, 303, 503}, Counter(reply.status for reply in replies)
    looks = [browser.request("GET", f"{house.oauth.path}/login?flow={browser.page.form()['fields']['flow']}").reply for browser in browsers]
    return replies + looks
