"""The hosted pages' templates, texts and scripts: what the build does not refuse by itself (daemon/page/embed.py)."""

import json
import re

from sources import ROOT, name_of, tracked

TEMPLATES = [path for path in tracked(".mustache") if name_of(path).startswith("web/login/")]
MAILS = [path for path in tracked(".html", ".txt") if name_of(path).startswith("web/mail/")]
LANGUAGES = ("en", "de", "fr")

# pattern, why it has no place in a template
BANNED = [
    (r"\{\{\{|\{\{&", "a value is never written unescaped"),
    (r"\{\{=", "delimiters stay what they are"),
    (r"<style|\sstyle=", "the policy allows our own style sheet only"),
    (r"\son[a-z]+=", "the policy allows our own script files only"),
    (r"javascript:", "no script in an address"),
    (r'(src|href|action)="(https?:)?//', "nothing of another site"),
    (r"<form(?![^>]*method=\"post\")", "a form changes something: POST"),
]
# Ids that conformance suites and other automation look for: they never change.
FROZEN_IDS = {"sign_in": ["submit"], "consent": ["allow", "deny"], "error": ["error-code", "error-description"],
              "logout_confirm": ["logout-confirm"], "signed_out": ["logout-done"], "frontchannel_logout": ["logout-done"]}


def lines_with(pattern, path, source):
    return [f"{name_of(path)}:{number}: {line.strip()}" for number, line in enumerate(source.split("\n"), start=1) if re.search(pattern, line)]


def texts(language):
    return json.loads((ROOT / "web" / "text" / f"{language}.json").read_text())


def test_templates_have_no_unescaped_value_inline_script_or_style():
    wrong = [f"{line}: {why}" for path in TEMPLATES for pattern, why in BANNED for line in lines_with(pattern, path, path.read_text())]
    assert TEMPLATES and not wrong, "\n".join(wrong)


def test_ids_that_others_rely_on_are_in_their_templates():
    for name, ids in FROZEN_IDS.items():
        source = (ROOT / "web" / "login" / f"{name}.mustache").read_text()
        for each in ids:
            assert f'id="{each}"' in source or "{{> submit" in source, f"{name}: {each}"


def test_every_language_has_the_same_texts_with_the_same_placeholders():
    english = texts("en")
    for language in LANGUAGES:
        other = texts(language)
        assert list(other) == list(english), f"{language}.json has other texts, or in another order, than en.json"
        for key, text in other.items():
            assert text.strip() == text and text, f"{language}: {key}"
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), f"{language}: {key}"


def test_every_text_is_used():
    templates = "\n".join(path.read_text() for path in TEMPLATES + MAILS)
    named = set(re.findall(r"\{\{t ([a-z0-9_.]+)", templates)) | set(re.findall(r"\b(?:label|text|title)=([a-z0-9_.]+)", templates))
    code = "\n".join(path.read_text() for path in tracked(".cpp") if name_of(path).startswith("daemon/"))
    named |= {key for key in texts("en") if f"Text::{key.replace('.', '_')}" in code or f'"{key}"' in code}
    # A mail's subject is chosen by the mail's name.
    unused = [key for key in texts("en") if key not in named and not re.fullmatch(r"mail\.\w+\.subject", key)]
    assert not unused, unused


def test_every_page_is_shown_and_every_field_and_button_has_somebody_who_knows_it():
    headers = "\n".join(path.read_text() for path in tracked(".hpp") if name_of(path).startswith("daemon/page/"))
    named = set(re.findall(r"struct (\w+Page) \{", headers))
    for space, inside in re.findall(r"namespace (act|field) \{\n(.*?)\n\}", headers, re.S):
        named |= {f"{space}::{name}" for name in re.findall(r"string_view (\w+) =", inside)}
    known = "\n".join(path.read_text() for path in tracked(".cpp", ".hpp") if re.match(r"daemon/(?!page/)", name_of(path)))
    # A page asks "yes or no", and whoever reads the answer asks for the yes.
    buttons = {f"act::{name}" for path in TEMPLATES for name in re.findall(r'name="do" value="(\w+)"', path.read_text())}
    dead = sorted(name for name in named - buttons if f"page::{name}" not in known)
    assert len(named) > 50 and not dead, dead


def test_typescript_is_compiled_strictly():
    options = json.loads((ROOT / "web" / "login" / "tsconfig.json").read_text())["compilerOptions"]
    for name in ("strict", "exactOptionalPropertyTypes", "noUncheckedIndexedAccess", "verbatimModuleSyntax", "noImplicitReturns"):
        assert options[name] is True, name
    banned = r"[:<|] ?any\b|\bas any\b|@ts-|\benum \w|innerHTML|document\.write|\beval\("
    wrong = [line for path in tracked(".ts") for line in lines_with(banned, path, path.read_text())]
    assert not wrong, "\n".join(wrong)
