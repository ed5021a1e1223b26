"""A code by mail: six digits, or a link for the browser that began."""

from login_house import PASSWORD, Account


def with_code(house, account):
    browser = house.at_sign_in()
    page = browser.submit("email_code", username=account.email)
    assert "code" in page.form("code")["fields"], page.text
    return browser


def passwordless(house, **organization):
    return Account(house, password=None, log_in_with_password=False, **organization)


def test_the_code_of_the_mail_signs_in(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    browser.submit(code=mailbox.wait_for(account.email).code)
    assert house.is_back(browser), browser.page.text
    assert house.claims(browser)["amr"] == ["email"]


def test_the_link_signs_in_the_browser_that_began_and_no_other(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    link = mailbox.wait_for(account.email).link
    stranger = house.at_sign_in()
    assert stranger.get(link).status == 400
    browser.get(link)
    assert house.is_back(browser), browser.page.text


def test_a_head_request_of_the_link_uses_nothing_up(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    link = mailbox.wait_for(account.email).link
    browser.request("HEAD", link)
    browser.get(link)
    assert house.is_back(browser)


def test_an_address_nobody_has_gets_the_same_page_and_no_mail(house):
    browser = house.at_sign_in()
    page = browser.submit("email_code", username="p0000000beef@example.com")
    assert page.status == 200 and "code" in page.form("code")["fields"]
    assert house.mails_to("p0000000beef@example.com") == 0


def test_five_wrong_codes_use_the_right_one_up(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    code = mailbox.wait_for(account.email).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert "is not right" in browser.submit(code=wrong).text
    browser.submit(code=code)
    assert not house.is_back(browser) and house.sessions(account) == 0


def test_an_expired_code_is_refused(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    code = mailbox.wait_for(account.email).code
    house.oauth.execute("UPDATE tessera.email_codes SET expire_time = now() WHERE email = %s", [account.email])
    browser.submit(code=code)
    assert not house.is_back(browser)


def test_a_new_code_ends_the_one_before(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    first = mailbox.wait_for(account.email).code
    browser.submit("resend", _form="code")
    second = mailbox.wait_for(account.email, count=2).code
    if first != second:
        browser.submit(code=first)
        assert not house.is_back(browser)
    browser.submit(code=second)
    assert house.is_back(browser)


def test_mails_to_one_address_are_bounded(house, mailbox):
    account = passwordless(house)
    browser = with_code(house, account)
    for _ in range(4):
        browser.submit("resend", _form="code")
    page = browser.submit("resend", _form="code")
    assert "several messages" in page.text
    mailbox.wait_for(account.email, count=5)
    assert len(mailbox.mails(account.email)) == 5


def test_where_there_is_a_password_a_mailed_code_is_not_enough(house, account, mailbox):
    browser = with_code(house, account)
    page = browser.submit(code=mailbox.wait_for(account.email).code)
    assert "password" in page.form("password")["fields"] and house.sessions(account) == 0
    browser.submit(password=PASSWORD)
    assert house.is_back(browser)
    assert house.claims(browser)["amr"] == ["email", "pwd"]


def test_a_forgotten_password_is_replaced_and_other_sessions_end(house, account, mailbox):
    elsewhere = house.signed_in(account)
    browser = house.at_sign_in()
    browser.get(next(link for link in browser.page.links if link and "forgot" in link))
    browser.submit(username=account.email)
    page = browser.submit(code=mailbox.wait_for(account.email).code)
    assert "new_password" in page.form("new_password")["fields"], page.text
    weak = browser.submit(new_password="password1", new_password_again="password1")
    assert "new_password" in weak.form("new_password")["fields"] and not house.is_back(browser)
    fresh = "a quite different phrase 9"
    browser.submit(new_password=fresh, new_password_again=fresh)
    assert house.is_back(browser), browser.page.text
    assert "error=login_required" in house.app.begin(elsewhere, prompt="none").url
    ended = house.oauth.events(type="session.ended", principal_id=account.id)
    assert [event["body"] for event in ended] == [{"reason": "password_reset", "user": account.id}]
    again = house.at_sign_in()
    assert "is not right" in again.submit(username=account.email, password=PASSWORD).text
    again.submit(username=account.email, password=fresh)
    assert house.is_back(again)


def test_no_code_lies_readable_in_the_database(house, mailbox):
    account = passwordless(house)
    with_code(house, account)
    code = mailbox.wait_for(account.email).code
    rows = house.rows("SELECT c::text FROM tessera.email_codes c WHERE email = %s", [account.email])
    mails = house.rows("SELECT m::text FROM tessera.mail_outbox m WHERE recipient = %s", [account.email])
    assert rows and all(code not in row[0] for row in rows + mails)
