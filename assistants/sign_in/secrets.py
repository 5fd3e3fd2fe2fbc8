"""The secrets that a program gets: a code, an access that works for an hour, and a renewal for the next one."""

from django.utils.crypto import get_random_string

CODE_MARK, RENEWAL_MARK = "lwc_", "lwr_"
LENGTH = 40
FAMILY_ENDS = len(RENEWAL_MARK) + LENGTH


def build_code() -> str:
    return CODE_MARK + get_random_string(LENGTH)


def build_family() -> str:
    """The beginning of all renewals of one connection. It is secret too: whoever sends it has had one of them."""
    return RENEWAL_MARK + get_random_string(LENGTH)


def build_renewal(family: str) -> str:
    return family + get_random_string(LENGTH)


def get_family(renewal: str) -> str:
    return renewal[:FAMILY_ENDS]
