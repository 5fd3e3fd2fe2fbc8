"""Domains, such as example.com: one in a field, or several in one text, separated by commas."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.fields.types.texts import Line
from crm.fields.widgets.text_widgets import TextCell, can_read
from crm.platform.excel.reading.cell_links import get_linked_website

ONE = re.compile(r"[^\s/@,;:]+\.[^\s/@,;:.]+")
LONGEST = 253
MOST = 30
SEPARATED = re.compile(r"[,;\s]+")
# What people paste along with it from an address bar.
AROUND = re.compile(r"^https?://|^www\.|[/?#].*$|\.$")


def tidy_domain(text: str) -> str:
    """As it is stored and compared: in lower case, without the rest of a web address."""
    found, before = text.strip().lower(), None
    while found != before:
        before, found = found, AROUND.sub("", found)
    return found


def tidy_domains(text: str) -> str:
    """ "b.example, c.example", each of them once, in the order in which they were entered."""
    return ", ".join(dict.fromkeys(filter(None, map(tidy_domain, SEPARATED.split(text)))))


def check_domain(text: str) -> None:
    """Raises ValidationError for anything else than a domain."""
    if not ONE.fullmatch(text) or len(text) > LONGEST:
        raise ValidationError(_("Enter a domain like example.com."))


def check_domains(text: str) -> None:
    """Raises ValidationError that names the first one that is no domain."""
    domains = text.split(", ")
    for domain in domains:
        if not ONE.fullmatch(domain) or len(domain) > LONGEST:
            words = _("“%(domain)s” isn’t a domain. Enter domains like example.com, separated by commas.")
            raise ValidationError(words % {"domain": domain[:LONGEST]})
    if len(domains) > MOST:
        raise ValidationError(_("Enter at most %(number)s domains.") % {"number": MOST})


class DomainInput(forms.CharField):
    def to_python(self, value):
        return tidy_domain(super().to_python(value) or "")


class DomainsInput(forms.CharField):
    def to_python(self, value):
        return tidy_domains(super().to_python(value) or "")


class DomainCell(TextCell):
    def clean(self, value, row=None, **keywords):
        return super().clean(tidy_domain(str(value or "")))

    def get_text_from_link(self, text, target):
        return "" if can_read(self, text) else get_linked_website(target)


class DomainsCell(TextCell):
    def clean(self, value, row=None, **keywords):
        return super().clean(tidy_domains(str(value or "")))


class Domain(Line):
    sorted_by = ""
    code = True

    def widget(self, field):
        return DomainCell(field)


class Domains(Line):
    width = 30

    def widget(self, field):
        return DomainsCell(field)
