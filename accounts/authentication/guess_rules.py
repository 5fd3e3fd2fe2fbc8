"""The rules for guesses of a secret: how many are free, and how long the next one waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rule:
    """`free` wrong guesses, then a wait of `first` seconds since the last one, twice as long after each, up to `longest`.

    After `memory` seconds without a wrong guess, all of them are free again. NIST SP 800-63B-4, 3.2.2 requires a limit, and proposes
    growing waits.
    """

    free: int
    first: int
    longest: int
    memory: int


# Passwords from one address in browsers that aren't known, for all accounts together.
PASSWORD_RULE = Rule(free=10, first=60, longest=60, memory=300)
# A password for one account that is guessed at from anywhere: an address that hasn't guessed in the last minute has one try.
PASSWORD_OF_ATTACKED = Rule(free=1, first=60, longest=60, memory=300)
ATTACKED_FROM = 10
# A password in a browser in which the account has signed in before, or in a session of its own.
KNOWN_BROWSER = Rule(free=10, first=60, longest=900, memory=3_600)
# A code of two-step verification: whoever enters one has given the password. About 30 guesses a day of a million codes.
CODE_RULE = Rule(free=3, first=30, longest=3_600, memory=86_400)
LONGEST_MEMORY = timedelta(seconds=max(rule.memory for rule in (PASSWORD_RULE, KNOWN_BROWSER, CODE_RULE)))
# The user is told at these wrong codes in a row.
TOLD_AT = (3, 10)


@dataclass(frozen=True)
class Guesses:
    """Wrong guesses in a row, and the seconds since the last one."""

    count: int = 0
    since: float = 0


def get_wait(rule: Rule, guesses: Guesses) -> int:
    """The seconds until the next guess is checked; 0 for now."""
    if guesses.count < rule.free:
        return 0
    doubled = min(guesses.count - rule.free, 30)
    wait = min(rule.longest, rule.first * 2**doubled) - guesses.since
    return max(0, -int(-wait // 1))


def get_wait_for_password(count_pair: Callable[[], Guesses], from_address: Guesses, at_account: int) -> int:
    """The same for a browser that isn't known. `count_pair` counts at this account from this address, if that matters;
    `from_address`: at all accounts, this one included; `at_account`: how many from everywhere."""
    of_pair = get_wait(PASSWORD_OF_ATTACKED, count_pair()) if at_account >= ATTACKED_FROM else 0
    return max(of_pair, get_wait(PASSWORD_RULE, from_address))
