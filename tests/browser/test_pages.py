"""The hosted pages in a real browser: no barrier, no sideways scrolling, every control by keyboard, and what the scripts do."""

import json
import re
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

NAMES = sorted(path.stem for path in (Path(__file__).resolve().parents[1] / "golden" / "en").glob("*.html"))
# Longer words than English has; the narrow view of each shows whether they fit.
TRANSLATED = ["account", "consent_offline", "email_code_wrong", "enrol_authenticator", "new_password", "recovery_codes", "sign_in"]
PAGES = [("en", name) for name in NAMES] + [(language, name) for language in ("de", "fr") for name in TRANSLATED]


@pytest.fixture(scope="session")
def looks(run_program, sample_pages, screenshots):
    return run_program("look.mjs", {"directory": str(sample_pages), "look": "plain", "screenshots": str(screenshots),
                                    "pages": [{"language": language, "name": name} for language, name in PAGES]}, timeout=900)


@pytest.fixture(scope="session")
def behaviour(run_program, sample_pages):
    return run_program("behave.mjs", {"directory": str(sample_pages)})


def happened(behaviour, name):
    assert "failed" not in behaviour[name], behaviour[name]
    return behaviour[name]


def decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("language,name", PAGES, ids=[f"{language}-{name}" for language, name in PAGES])
def test_page_has_no_barriers_fits_and_is_reached_by_keyboard(looks, language, name):
    assert looks[f"{language}/{name}"] == []


# Colours no designer would choose together: yellow buttons, pale links.
def test_a_projects_colours_leave_no_barriers(run_program, sample_pages, screenshots):
    names = ["sign_in_wrong", "consent_offline", "account"]
    found = run_program("look.mjs", {"directory": str(sample_pages), "look": "branded", "screenshots": str(screenshots / "branded"),
                                     "pages": [{"language": "en", "name": name} for name in names]})
    assert found == {f"en/{name}": [] for name in names}


def test_form_post_submits_itself(behaviour):
    sent = happened(behaviour, "formPost")[0]
    assert sent["url"] == "https://app.example.com/callback" and sent["method"] == "POST"
    assert sent["body"] == "code=c0de&state=af0ifjsldkj&iss=https%3A%2F%2Fid.example"


def test_form_post_waits_for_its_button_without_script(behaviour):
    assert happened(behaviour, "formPostWithoutScript") == {"before": 0, "after": 1}


def test_sign_in_works_without_script_and_hides_what_needs_it(behaviour):
    seen = happened(behaviour, "signInWithoutScript")
    assert seen["hidden"] is True
    assert seen["posted"] == {"flow": "flow_0d1e2f", "csrf": "c5d6e7", "username": "alice@example.com", "password": "correct horse",
                              "do": "continue"}


def test_a_passkey_is_enrolled_by_an_ordinary_form(behaviour):
    posted = happened(behaviour, "passkeys")["enrolled"]
    assert posted["do"] == "passkey" and posted["name"] == "Test key" and posted["csrf"] == "c5d6e7"
    credential = json.loads(posted["credential"])
    client_data = json.loads(decoded(credential["response"]["clientDataJSON"]))
    assert client_data["type"] == "webauthn.create" and client_data["challenge"] == "ZGF5bGlnaHQ"
    assert decoded(credential["rawId"]) in decoded(credential["response"]["attestationObject"])
    assert credential["response"]["transports"] == ["internal"]


def test_a_passkey_is_proved_by_an_ordinary_form(behaviour):
    seen = happened(behaviour, "passkeys")
    credential = json.loads(seen["proved"]["credential"])
    assert seen["proved"]["do"] == "passkey" and credential["id"] == json.loads(seen["enrolled"]["credential"])["id"]
    assert decoded(credential["response"]["userHandle"]) == b"ada"
    assert set(credential["response"]) == {"clientDataJSON", "authenticatorData", "signature", "userHandle"}


def test_a_passkey_that_is_not_there_is_said_on_the_page(behaviour):
    assert happened(behaviour, "passkeys")["said"] == "The passkey was not used. You can try again."


def test_the_browser_may_offer_passkeys_in_the_address_field(behaviour):
    assert happened(behaviour, "autofill") == {"supported": True, "autocomplete": "username webauthn"}


def test_a_form_is_sent_once_and_a_shown_password_is_hidden_again(behaviour):
    seen = happened(behaviour, "comforts")
    assert seen["shown"] == "text" and seen["sent"] == 1 and seen["posted"]["password"] == "secret"


def test_recovery_codes_can_be_downloaded(behaviour):
    seen = happened(behaviour, "download")
    assert seen["name"] == "recovery-codes.txt"
    assert len(re.findall(r"^[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\r$", seen["text"], re.M)) == 10


def test_front_channel_logout_opens_its_frames_and_goes_on(behaviour):
    assert happened(behaviour, "frontChannel") == ["https://ledger.example.com/logout?iss=https%3A%2F%2Fid.example&sid=1",
                                                   "https://ledger.example.com/bye"]
