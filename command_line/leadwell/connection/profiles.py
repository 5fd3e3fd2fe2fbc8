"""Addresses and tokens in a file that only its owner can read, by the name of their profile."""

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer

from leadwell.connection.addresses import parse_address
from leadwell.failures import Exit, Failure

DEFAULT = "default"
ADDRESS_VARIABLE, TOKEN_VARIABLE, PROFILE_VARIABLE = "LEADWELL_URL", "LEADWELL_TOKEN", "LEADWELL_PROFILE"


@dataclass(frozen=True)
class Profile:
    """Where to call and with which token."""

    name: str
    address: str
    token: str


def get_folder() -> Path:
    """The folder for settings of this program, such as ~/.config/leadwell."""
    if (configured := os.environ.get("XDG_CONFIG_HOME")) and Path(configured).is_absolute():
        return Path(configured) / "leadwell"
    return Path(typer.get_app_dir("leadwell"))


def get_file() -> Path:
    return get_folder() / "profiles.json"


def read_profiles() -> dict[str, dict[str, str]]:
    try:
        found = json.loads(get_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Failure(Exit.SIGN_IN, f"{get_file()} can't be read. Delete it and sign in again.") from error
    return found if isinstance(found, dict) else {}


def get_profile(name: str) -> Profile:
    """The profile of this name; the environment comes first. Raises Failure without one.

    A stored token is only ever used with the address that it was stored with."""
    address, token = os.environ.get(ADDRESS_VARIABLE, ""), os.environ.get(TOKEN_VARIABLE, "")
    stored = read_profiles().get(name, {}) if not (address and token) else {}
    if address and not token:
        if parse_address(address) != stored.get("address"):
            raise Failure(
                Exit.SIGN_IN,
                f"{ADDRESS_VARIABLE} is set: set {TOKEN_VARIABLE} too, to a token of that Leadwell.",
            )
    elif token and not address and not stored:
        raise Failure(Exit.SIGN_IN, f"{TOKEN_VARIABLE} is set: set {ADDRESS_VARIABLE} too.")
    address, token = address or stored.get("address", ""), token or stored.get("token", "")
    if not address or not token:
        which = "" if name == DEFAULT else f" with the profile {name!r}"
        raise Failure(Exit.SIGN_IN, f"You aren't signed in{which}. Sign in with: leadwell login ADDRESS")
    return Profile(name, parse_address(address), check_token(token))


def check_token(token: str) -> str:
    """The token without white space around it. Raises Failure for one that can't be in a header."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Failure(
            Exit.SIGN_IN, "This isn't a token. An administrator creates tokens under Settings, API."
        )
    return token


def store_profile(profile: Profile) -> None:
    profiles = read_profiles()
    profiles[profile.name] = {"address": profile.address, "token": profile.token}
    write_private_file(get_file(), json.dumps(profiles, indent=2))


def remove_profile(name: str) -> Profile | None:
    """The profile that was removed, if there was one."""
    profiles = read_profiles()
    removed = profiles.pop(name, None)
    if removed is None:
        return None
    if profiles:
        write_private_file(get_file(), json.dumps(profiles, indent=2))
    else:
        get_file().unlink(missing_ok=True)
    return Profile(name, removed.get("address", ""), removed.get("token", ""))


def make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Failure(Exit.USAGE, f"The folder {folder} can't be made: {error.strerror}.") from error


def write_private_file(path: Path, text: str) -> None:
    """Write the file as a whole or not at all. It is never readable for others, not for a moment."""
    make_private_folder(path.parent)
    # mkstemp makes files with mode 600.
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
