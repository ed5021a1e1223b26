#!/usr/bin/python3
"""Writes docs/reference/settings.md from the setting tables of both programs.

usage: generate_settings.py [--check]

--check writes nothing and exits with 1 when the committed page is not what the tables say.
"""
import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
TABLES = [("tessera serve", ROOT / "daemon" / "settings" / "serve_settings.cpp"),
          ("tessera-keyd", ROOT / "keyd" / "settings" / "keyd_settings.cpp")]

INTRO = """\
<!-- Generated from daemon/settings/serve_settings.cpp and keyd/settings/keyd_settings.cpp by tests/tidy/generate_settings.py. Do not edit. -->

# Settings

Both programs read settings the same way: defaults, then the file of `--config=FILE`, then `--name=value` arguments; the later one \
wins. A file has one `name = value` a line, `#` starts a comment. A list is
separated by commas. An unknown name, a value out of range or a line that does not parse is fatal and named. Secrets are never \
settings: a setting may name a file or a credential. `--help` prints the same tables.
Settings are read once, at start; only the certificate is read again (SIGHUP).

`issuer-base` of `tessera serve` and `issuer-domain` of `tessera-keyd` are the same value: realm `acme`'s issuer is \
`<value>/realms/acme` for both.
"""

OUTRO = """\
Where 0 or nothing means keyd's own value (`keyd/keyring/policy.cpp`): tokens of at most 3,600 s, `typ` `at+jwt`, `JWT`, \
`logout+jwt` and `token-introspection+jwt`, a JWKS `max-age` of 300 s, keys 3,600 s in the JWKS before they sign, 30 days of signing, 7 days from removal to
destruction, RSA of 3,072 bits. `tessera keys policy` changes them for one keyring.
"""

TEXT = r'"((?:[^"\\]|\\.)*)"'
ROW = re.compile(r"\{" + TEXT + r",\s*SettingType::(\w+),\s*" + TEXT + r",\s*" + TEXT + r",\s*([^,]+),\s*([^,]+),\s*" + TEXT
                 + r",\s*((?:" + TEXT + r"\s*)+)\}")
CONSTANT = re.compile(r"^constexpr std::int64_t (\w+) = ([\d'_]+);", re.M)
TYPES = {"text": "text", "path": "path", "flag": "true or false", "list": "list"}


def number(text, constants):
    """An integer, or a product of integers and named constants."""
    factors = [constants[part] if part in constants else int(part.replace("'", "")) for part in text.split(" * ")]
    product = 1
    for factor in factors:
        product *= factor
    return product


def rows(path):
    source = path.read_text()
    constants = {name: int(value.replace("'", "")) for name, value in CONSTANT.findall(source)}
    table = source[source.index("std::to_array<Setting>({"):source.index("});")]
    found = ROW.findall(table)
    if len(found) != table.count("SettingType::"):
        sys.exit(f"{path.relative_to(ROOT)}: a row this generator does not understand")
    for name, kind, unit, fallback, low, high, since, paragraph, _ in found:
        what = "".join(ast.literal_eval(f'"{part}"') for part in re.findall(TEXT, paragraph))
        if kind == "integer":
            bounds = f"{number(low, constants):,} to {number(high, constants):,}"
            shape = f"integer, {bounds}"
        else:
            shape = TYPES[kind]
        yield name, shape, f"`{fallback}`" if fallback else "", unit, since, what.replace("|", "\\|").replace("<", "&lt;")


def page():
    out = [INTRO]
    for program, path in TABLES:
        out.append(f"## {program}\n\n| name | type | default | unit | since | what |\n|---|---|---|---|---|---|")
        out += [f"| `{name}` | {shape} | {fallback} | {unit} | {since} | {what} |" for name, shape, fallback, unit, since, what in rows(path)]
        out.append("")
    return "\n".join(out + [OUTRO])


def main():
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit(f"{PAGE.relative_to(ROOT)} is not what the tables say: run tests/tidy/generate_settings.py")
        return
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
