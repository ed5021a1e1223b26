"""One good form, and every way in which one parameter of it can be wrong on the wire."""

import urllib.parse

LONG = 5000  # longer than any parameter may be, shorter than a URL


def encoded(pairs) -> str:
    return urllib.parse.urlencode([pair for pair in pairs if pair[1] is not None])


def without(pairs, name):
    return [pair for pair in pairs if pair[0] != name]


def value_of(pairs, name) -> str:
    return next((value for key, value in pairs if key == name and value is not None), "x")


# name of the mutation: (pairs, name) → the form. What is the same everywhere: empty is absent, twice is malformed, no text is malformed.
MUTATIONS = {
    "absent": lambda pairs, name: encoded(without(pairs, name)),
    "empty": lambda pairs, name: encoded([*without(pairs, name), (name, "")]),
    "twice": lambda pairs, name: encoded([*without(pairs, name), (name, value_of(pairs, name)), (name, value_of(pairs, name))]),
    "long": lambda pairs, name: encoded([*without(pairs, name), (name, value_of(pairs, name) + "a" * LONG)]),
    "not UTF-8": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=a%ff%fe",
    "overlong UTF-8": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=a%c0%af",
    "surrogate": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=%ed%a0%80",
    "NUL": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=a%00b",
    "cut escape": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=a%f",
    "no escape": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}=a%zz",
    "brackets": lambda pairs, name: encoded(without(pairs, name)) + f"&{name}[]={urllib.parse.quote(value_of(pairs, name))}",
    "line break": lambda pairs, name: encoded([*without(pairs, name), (name, "a\r\nSet-Cookie: b=c")]),
    "controls": lambda pairs, name: encoded([*without(pairs, name), (name, "\x1b[31m\x7f\u202e")]),
    "markup": lambda pairs, name: encoded([*without(pairs, name), (name, "\"><script>alert(1)</script>{{x}}${x}'")]),
    "a number": lambda pairs, name: encoded([*without(pairs, name), (name, "-9223372036854775809")]),
    "JSON": lambda pairs, name: encoded([*without(pairs, name), (name, '{"a":[1,{"b":null}]}')]),
}
ALIKE = {"empty": "absent", "brackets": "absent"}
NO_TEXT = {"not UTF-8", "overlong UTF-8", "surrogate", "NUL", "cut escape", "no escape"}


def every(pairs, names):
    """(parameter, mutation, form) of every parameter."""
    return [(name, mutation, make(pairs, name)) for name in names for mutation, make in MUTATIONS.items()]
