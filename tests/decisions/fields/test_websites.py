"""Which addresses of websites are taken, by forms, files and programs alike."""

import re

import pytest
from django.core.exceptions import ValidationError

from crm.fields.types.websites import check_website, get_website_url
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


# The text and where its link leads.
LINKS = {
    "nothing": ("", ""),
    "a domain": ("example.com", "https://example.com"),
    "a domain with spaces around it": (" example.com ", "https://example.com"),
    "a domain with letters of other alphabets": ("știri.ro", "https://știri.ro"),
    "a path and a query": ("www.example.com/a?b=c:d", "https://www.example.com/a?b=c:d"),
    "a port": ("example.com:8080/a", "https://example.com:8080/a"),
    "https": ("https://example.com/", "https://example.com/"),
    "http in capitals": ("HTTP://EXAMPLE.COM", "HTTP://EXAMPLE.COM"),
    "no scheme": ("//example.com", "https://example.com"),
    "a machine of the own network": ("http://intranet:8000/x", "http://intranet:8000/x"),
    "a machine without a scheme": ("localhost:8000/x", ""),
    "none": ("none", ""),
    "not applicable": ("n/a", ""),
    "a dash": ("-", ""),
    "a sentence": ("see example.com", ""),
    "two addresses": ("example.com, example.org", ""),
    "a name with a point": ("Omnia S.R.L.", ""),
    "an email": ("ana@example.com", ""),
    "another site behind a name": ("https://example.com@evil.example", ""),
    "a path of ours": ("/admin/leads", ""),
    "a script": ("javascript:alert(1)", ""),
    "a script that looks like a site": ("javascript:example.com", ""),
    "a script after a line break": ("java\nscript:example.com", ""),
    "data": ("data:text/html,example.com", ""),
    "a file server": ("ftp://example.com", ""),
}


@pytest.mark.parametrize(("text", "url"), LINKS.values(), ids=LINKS)
def test_where_the_link_of_a_website_leads(text, url):
    assert get_website_url(text) == url


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "url"), [("example.com/a", "https://example.com/a"), ("none", ""), ("javascript:a.example", "")]
)
def test_the_page_of_a_record_links_to_a_website_and_shows_any_other_text(
    text, url, ann, make_lead, make_company, sign_in
):
    for record in (make_lead("Ana", website=text, owner=ann), make_company("Omnia", website=text, owner=ann)):
        page = sign_in(ann).get(record.get_absolute_url()).text
        links = re.findall(r'href="([^"]*)" rel="noopener noreferrer"', page)
        assert links == ([url] if url else [])
        assert text in page.replace("<wbr>", "")


@pytest.mark.parametrize("model", [Lead, Company, Request], ids=lambda model: model.table)
def test_each_record_asks_it(model):
    assert check_website in model._meta.get_field("website").validators
