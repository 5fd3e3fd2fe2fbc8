"""One running Leadwell and one Chromium for all browser tests; any browser error fails the test."""

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.window import PASSWORD, Window
from tests.hard.running import a_started_leadwell
from tests.running.chromium import get_launch_options

# The demo has few things to do, and many tests take one each: half of the lost leads are new, and deals have no amount yet or are lost.
MORE_TO_DO = """
    SELECT set_config('leadwell.machine', 'on', false);
    UPDATE leads_lead SET status_id = (SELECT id FROM leads_status WHERE key = 'new'), lost_reason_id = NULL, lost_remark = ''
        WHERE id % 2 = 0 AND deleted_at IS NULL AND status_id = (SELECT id FROM leads_status WHERE key = 'lost');
    UPDATE customers_deal SET value = NULL WHERE department_id = (SELECT id FROM accounts_department WHERE name = 'Sales Romania')
        AND status_id IN (SELECT id FROM leads_status WHERE kind IN ('qualified', 'proposal'));
    UPDATE customers_deal SET status_id = (SELECT id FROM leads_status WHERE key = 'deal_lost'), description = '',
        lost_reason_id = (SELECT min(id) FROM leads_lostreason) WHERE id IN (
            SELECT d.id FROM customers_deal d JOIN leads_status s ON s.id = d.status_id JOIN accounts_user u ON u.id = d.owner_id
            WHERE u.email = 'rep@demo.example' AND s.kind = 'qualified' LIMIT 2);
"""


@pytest.fixture(scope="package")
def leadwell():
    """With the demo company."""
    with a_started_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD) as leadwell:
        # Browsers make passkeys only for a site with a name.
        leadwell.settings["LEADWELL_URL"] = f"http://localhost:{leadwell.port}"
        leadwell.start()
        with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
            connection.execute(MORE_TO_DO)
        yield leadwell
        leadwell.interrupt()


@pytest.fixture(scope="package")
def driver():
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium(driver):
    return driver.chromium.launch(**get_launch_options())


@pytest.fixture(scope="package")
def known(leadwell) -> dict:
    """The cookies of accounts that have signed in: once for all tests, because hashing passwords is slow."""
    return {}


@pytest.fixture
def window(leadwell, chromium, known):
    """window("manager", width=390, dark=True, javascript=False) opens a separate browser, signed in as that account.

    window() isn't signed in. At the end of the test, no window may have had a script error, a violation of the content
    policy, or a response of 500 or more.
    """
    opened: list[Window] = []

    def open_window(account: str = "", **options) -> Window:
        new = Window(chromium, f"http://127.0.0.1:{leadwell.port}", **options)
        opened.append(new)
        if account:
            new.be(account, known)
        return new

    yield open_window
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.context.close()
    assert faults == []
