"""The pages of what mailings say, and the settings around it."""

from typing import Any

from tests.browser.pages.mailing_screens import MAILING_SCREENS, add_a_mailing
from tests.browser.pages.sending import SENDING

MAILINGS = {
    **MAILING_SCREENS,
    **SENDING,
    "mailing_content": "/admin/mailings/{mailing}/content",
    "mailing_templates": "/admin/mailings/templates",
    "mailing_template_new": "/admin/mailings/templates/new",
    "mailing_template": "/admin/mailings/templates/{mailing_template}",
    "mailing_lists": "/admin/mailings/lists",
    "mailing_list_new": "/admin/mailings/lists/new",
    "mailing_list": "/admin/mailings/lists/{mailing_list}",
    "mailing_senders": "/admin/mailings/senders",
    "mailing_sender": "/admin/mailings/senders/{department}",
}


def add_mailings(browser: Any, department: int) -> None:
    """A draft, a template and a list, as an administrator adds them."""
    add_a_mailing(browser, department)
    browser.get("/admin/mailings/templates/new")
    browser.post("/admin/mailings/templates/new", name="Autumnqq", folder="", subject="News", text="Hello")
    browser.get("/admin/mailings/lists/new")
    browser.post("/admin/mailings/lists/new", name="Offersqq")
