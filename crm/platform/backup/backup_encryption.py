"""Encrypted backups: the machine that makes them has only a public key, so it can't read what it once wrote.

The format is that of age (version 1, age-encryption.org), so every program for age opens them too. The private key is a file
as `age-keygen` writes it.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

SUFFIX = ".age"
FIRST_LINE = b"age-encryption.org/v1\n"
PRIVATE = "AGE-SECRET-KEY-"


class CannotOpen(Exception):
    """The file can't be decrypted; the text says why."""


def is_encrypted(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(FIRST_LINE)) == FIRST_LINE
    except OSError:
        return False


def encrypt_backup(source: Path, target: Path, public_keys: Iterable[str]) -> None:
    """Write an encrypted copy that any one of the private keys opens."""
    target.touch(mode=0o600)
    with source.open("rb") as plain, target.open("wb") as sealed:
        pyrage.encrypt_io(plain, sealed, [Recipient.from_str(key) for key in public_keys])


def decrypt_backup(source: Path, target: Path, key_file: Path | None) -> None:
    """Write the decrypted copy. Raises CannotOpen."""
    if key_file is None:
        raise CannotOpen(
            f"{source} is encrypted. Name the file with the private key: make restore FILE=… KEY=/where/leadwell.key"
        )
    target.touch(mode=0o600)
    try:
        with source.open("rb") as sealed, target.open("wb") as plain:
            pyrage.decrypt_io(sealed, plain, _read_private_keys(key_file))
    except pyrage.DecryptError:
        raise CannotOpen(f"The key in {key_file} doesn’t open {source}, or the backup is damaged.") from None
    except OSError as error:
        # Decrypting reports a damaged part as an error without a number.
        if error.errno is not None:
            raise
        raise CannotOpen(f"{source} is damaged.") from None


def _read_private_keys(file: Path) -> list[Identity]:
    try:
        lines = file.read_text().split()
    except (OSError, UnicodeDecodeError):
        raise CannotOpen(f"{file} can’t be read.") from None
    try:
        keys = [Identity.from_str(line) for line in lines if line.startswith(PRIVATE)]
    except pyrage.IdentityError:
        keys = []
    if not keys:
        raise CannotOpen(f"{file} doesn’t contain a private key, which begins with {PRIVATE}.")
    return keys


def create_key_file(file: Path) -> str:
    """Write a new private key that only its owner can read, and return its public key. Raises FileExistsError."""
    key = Identity.generate()
    public = str(key.to_public())
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as written:
        written.write(f"# public key: {public}\n{key}\n")
    return public
