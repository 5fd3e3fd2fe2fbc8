"""The pages of mailings."""

MAILING_SCREENS = {
    "mailings:list": "/admin/mailings",
    "mailings:new": "/admin/mailings/new",
    "a mailing for selected leads": "/admin/mailings/new?of=lead&set={set}",
    "mailings:mailing": "/admin/mailings/{mailing}",
    "mailings:edit": "/admin/mailings/{mailing}/edit",
    "mailings:recipients": "/admin/mailings/{mailing}/recipients?state=left_out",
    "mailings:send": "/admin/mailings/{mailing}/send",
}


def add_a_mailing(browser, department: int) -> None:
    """A draft to all leads."""
    browser.get("/admin/mailings/new")
    browser.post(
        "/admin/mailings/new",
        subject="Price list of winter",
        department=department,
        records="lead:all",
        chosen="later",
    )
