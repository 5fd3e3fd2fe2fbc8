"""What is wrong with the content of a mailing, in sentences: missing values with their counts, and links that lead nowhere.

Links are judged by their form alone: no other server is asked, because that would tell it what is being written.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.platform.files import store_unavailable
from crm.platform.files.store import StoreAway, file_exists
from mailings.audience.sample_records import count_missing_values, get_merge_fields
from mailings.content.attachments import get_too_large_reason
from mailings.content.compiled_templates import TextMergeFields
from mailings.content.markdown import READ, get_link_addresses
from mailings.content.merge_fields import MergeFields, get_recipient_kinds
from mailings.models import Mailing

HOST = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z"
)
# Markdown that a space keeps from being a link.
BROKEN = re.compile(r"\[[^\[\]\n]+\]( +\([^()\s]+\)|\((?=[^() \n]* )[^()\n]*\))")


def get_content_warnings(mailing: Mailing, user: User) -> list[str]:
    """They don't keep a mailing from being sent."""
    fields = MergeFields(get_recipient_kinds(mailing), mailing.by, user)
    return [
        *_describe_unknown_fields(mailing, fields),
        *_describe_missing_values(mailing, user, fields),
        *_find_link_problems(mailing),
    ]


def get_unknown_fields_sentence(names: list[str], fields: MergeFields) -> str:
    return _("There is no merge field %(names)s. Use one of these: %(known)s.") % {
        "names": ", ".join(f"{{{name}}}" for name in names),
        "known": ", ".join(f"{{{name}}}" for name in fields.labels),
    }


def _join_texts(mailing: Mailing) -> str:
    return "\n".join([mailing.subject, mailing.preheader, mailing.text, mailing.plain])


def _describe_unknown_fields(mailing: Mailing, fields: MergeFields) -> list[str]:
    """A field may have been deleted since, or a template may be for records of another kind."""
    names = fields.find_unknown(_join_texts(mailing))
    return [get_unknown_fields_sentence(names, fields)] if names else []


def _describe_missing_values(mailing: Mailing, user: User, fields: MergeFields) -> list[str]:
    if mailing.skips_gaps:
        # They don't get it.
        return []
    return [
        ngettext(
            "%(count)d recipient has no value for “%(field)s”, and the email has no fallback for it.",
            "%(count)d recipients have no value for “%(field)s”, and the email has no fallback for it.",
            count,
        )
        % {"count": count, "field": fields.get_label(name)}
        for name, count in count_missing_values(mailing, get_merge_fields(mailing), user, fields).items()
    ]


def _find_link_problems(mailing: Mailing) -> list[str]:
    gaps = TextMergeFields()
    text = gaps.mark_fields(mailing.text)
    links = get_link_addresses(READ.render(text))
    found = [problem for link in links if (problem := get_link_problem(gaps.words.sub("x", link)))]
    if broken := BROKEN.search(mailing.text):
        words = _("“%(text)s” isn’t a link. Write [text](address) without spaces.")
        found.append(words % {"text": broken[0][:100]})
    return found


def get_link_problem(link: str) -> str:
    """Why a link can't work, or ''."""
    shown = {"link": link[:100]}
    scheme, _colon, rest = link.partition(":")
    match scheme.lower() if _colon else "":
        case "http" | "https":
            return "" if _is_page(link) else _("The link “%(link)s” is misspelled.") % shown
        case "mailto":
            return (
                ""
                if _is_email(rest.partition("?")[0])
                else _("The link “%(link)s” has no email address.") % shown
            )
        case "tel":
            return (
                ""
                if re.fullmatch(r"\+?[\d .()/-]{3,30}", rest)
                else _("The link “%(link)s” has no phone number.") % shown
            )
    return _("The link “%(link)s” leads nowhere. Begin with https://.") % shown


def _is_page(link: str) -> bool:
    try:
        parts = urlsplit(link)
        # Reading a port that is no number raises an error too.
        host, _port = parts.hostname or "", parts.port
        is_host = _is_ip_address(host) or bool(HOST.match(host.encode("idna").decode()))
    except (ValueError, UnicodeError):
        return False
    return is_host and not re.search(r"\s", link) and "://" not in parts.path


def _is_ip_address(host: str) -> bool:
    """Of version 4 as four numbers, or of version 6, which urlsplit takes out of its brackets."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def get_blocking_problems(mailing: Mailing) -> list[str]:
    """What keeps a mailing from being sent, because its emails would be wrong or couldn't be made."""
    found = _describe_unknown_fields(mailing, MergeFields(get_recipient_kinds(mailing), mailing.by))
    try:
        gone = [file.name for file in mailing.files.all() if not file_exists(file.file)]
    except StoreAway:
        return [*found, store_unavailable.get_store_away_sentence()]
    if gone:
        words = _("These files can’t be read any more: %(names)s. Remove them and attach them again.")
        found.append(words % {"names": ", ".join(gone)})
    if too_large := get_too_large_reason(mailing):
        found.append(too_large)
    return found
