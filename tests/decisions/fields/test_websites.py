"""Which addresses of websites are taken, by forms, files and programs alike."""

import pytest
from django.core.exceptions import ValidationError

from crm.fields.types.websites import check_website
from customers.models import Company, Request
from leads.models import Lead

ADDRESSES = {
    "nothing": ("", True),
    "a domain": ("example.com", True),
    "a domain with a path": ("www.example.com/about?x=a:b", True),
    "https": ("https://example.com", True),
    "http in capitals": ("HTTP://EXAMPLE.COM", True),
    "a port": ("example.com:8080", True),
    "a machine with a port": ("localhost:8000/x", True),
    "no scheme": ("//example.com", True),
    "several words": ("see example.com", True),
    "a script": ("javascript:alert(1)", False),
    "a script in capitals": ("JavaScript:alert(1)", False),
    "a script after a space": (" javascript:alert(1)", False),
    "a script with a line break in its scheme": ("java\nscript:alert(1)", False),
    "a script with a tab in its scheme": ("java\tscript:alert(1)", False),
    "a script with a space after its scheme": ("javascript :alert(1)", False),
    "data": ("data:text/html,<b>x</b>", False),
    "a file server": ("ftp://example.com", False),
    "a file": ("file:///etc/passwd", False),
    "an email": ("mailto:ana@example.com", False),
}


@pytest.mark.parametrize(("text", "taken"), ADDRESSES.values(), ids=ADDRESSES)
def test_which_websites_are_taken(text, taken):
    if taken:
        check_website(text)
        return
    with pytest.raises(ValidationError, match="starts with https"):
        check_website(text)


@pytest.mark.parametrize("model", [Lead, Company, Request], ids=lambda model: model.table)
def test_each_record_asks_it(model):
    assert check_website in model._meta.get_field("website").validators
