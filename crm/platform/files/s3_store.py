"""Files in a bucket of S3 or of a store that speaks its protocol.

Imported only if LEADWELL_FILES names one, because the client of Amazon takes a third of a second to import. It finds its
credentials as all programs with this client do, in the environment, a profile, or the role of the machine.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from crm.platform.files.folder_store import MARK
from crm.platform.files.store_unavailable import StoreAway, StoreRefuses

# Seconds to connect, and without a byte from the store. Each request is made twice at most.
CONNECT, SILENCE, TRIES = 3, 10, 2
PORTION = 1 << 16
MISSING = {"404", "NoSuchKey"}
REFUSED = {"NoSuchBucket", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "PermanentRedirect"}


class Bucket(S3Storage):
    """`address` is s3://bucket/prefix?endpoint=https://…&region=…, all but the bucket optional."""

    # Programs that open a file get a copy on this server.
    is_here = False

    def __init__(self, *, address: str) -> None:
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        super().__init__(
            bucket_name=parts.netloc,
            location=parts.path.strip("/"),
            endpoint_url=asked.get("endpoint"),
            region_name=asked.get("region"),
            client_config=_build_config(own="endpoint" in asked),
            default_acl=None,
            # Names are random, so there is nothing to look for before a file is written.
            file_overwrite=True,
        )

    def _open(self, name: str, mode: str = "rb") -> File:
        """As it arrives, from its beginning to its end. It has a `length`."""
        with _translate_client_errors():
            found = self.bucket.Object(self._get_object_key(name)).get()
        opened = File(io.BufferedReader(_ResponseBody(found["Body"]), PORTION), name)
        opened.length = found["ContentLength"]  # type: ignore[attr-defined]
        return opened

    def _save(self, name: str, content: Any) -> str:
        """The store shows a file once all of it has arrived."""
        with _translate_client_errors():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _translate_client_errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _translate_client_errors():
            return super().exists(name)

    def list_entries(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The names of the files of a folder, and when each was written."""
        start = self._get_object_key(f"{folder}/")
        with _translate_client_errors():
            for entry in self.bucket.objects.filter(Prefix=f"{start.rstrip('/')}/"):
                yield f"{folder}/{entry.key.rsplit('/', 1)[-1]}", entry.last_modified

    def list_unfinished(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """A bucket shows whole files only."""
        return iter(())

    def read_mark(self) -> str:
        """What the mark says, or ''."""
        try:
            with self._open(MARK) as file:
                return file.read().decode().strip()
        except FileNotFoundError:
            return ""

    def set_mark(self, text: str) -> None:
        self._save(MARK, ContentFile(text.encode()))

    def _get_object_key(self, name: str) -> str:
        return self._normalize_name(name)


def _build_config(*, own: bool) -> Config:
    """Stores other than Amazon's are called by a path, and may not know its newer checksums."""
    others: dict[str, Any] = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return Config(
        connect_timeout=CONNECT,
        read_timeout=SILENCE,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        signature_version="s3v4",
        **(others if own else {}),
    )


@contextmanager
def _translate_client_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in MISSING:
            raise FileNotFoundError(str(error)) from None
        if code in REFUSED:
            raise StoreRefuses(str(error)) from error
        raise StoreAway(str(error)) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreRefuses(str(error)) from error
    except (BotoCoreError, Boto3Error, HTTPError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise StoreAway(str(error)) from error


class _ResponseBody(io.RawIOBase):
    """The body of an answer; each piece is read when someone asks for it."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        with _translate_client_errors():
            data = self.body.read(len(into))
        into[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self.body.close()
        super().close()
