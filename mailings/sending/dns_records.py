"""The TXT records with which other mail servers recognize the mailings of a domain; as words to publish, nothing is looked up."""

from dataclasses import dataclass
from ipaddress import ip_address

from mailboxes.models import Mailbox
from mailboxes.models.oauth_client import GOOGLE, MICROSOFT
from mailings.models import SigningKey
from mailings.models.signing_key import get_domain

# What these providers ask their customers to publish.
INCLUDED = {GOOGLE: "include:_spf.google.com", MICROSOFT: "include:spf.protection.outlook.com"}


@dataclass(frozen=True)
class TxtRecord:
    name: str
    value: str


@dataclass(frozen=True)
class DomainRecords:
    domain: str
    spf: TxtRecord
    dmarc: TxtRecord
    key: SigningKey | None


def build_dns_records(mailbox: Mailbox) -> DomainRecords:
    domain = get_domain(mailbox.address)
    return DomainRecords(
        domain,
        TxtRecord(domain, f"v=spf1 {_build_spf_part(mailbox)} ~all"),
        TxtRecord(f"_dmarc.{domain}", "v=DMARC1; p=none"),
        SigningKey.objects.of_address(mailbox.address).first(),
    )


def _build_spf_part(mailbox: Mailbox) -> str:
    """The part of an SPF record that names the servers of a mailbox (RFC 7208, 5)."""
    if included := INCLUDED.get(mailbox.sign_in):
        return included
    try:
        return f"ip{ip_address(mailbox.smtp_host).version}:{mailbox.smtp_host}"
    except ValueError:
        return f"a:{mailbox.smtp_host}"
