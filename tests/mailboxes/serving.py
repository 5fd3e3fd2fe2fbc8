"""Real mail servers on this machine: Dovecot for IMAP, and aiosmtpd for SMTP, both with TLS and a sign-in."""

import contextlib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import AuthResult
from imapclient import IMAPClient

from tests.crm.platform.audit.receiving import Authority
from tests.ports import get_free_port
from tests.waiting import PATIENCE, until

PASSWORD = "a-password-of-the-mailbox"
# Without Dovecot's protection against guessing: after each rejected sign-in, every further one waits for up to 15 seconds. Nothing has
# to outlast a power cut, one process signs in many, and emails arrive on the day of the tests (tests/other_days).
SETTINGS = """
base_dir = {folder}/run
log_path = {folder}/log
import_environment = TZ LD_PRELOAD CLOCK_SHIFT
protocols = imap
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_fsync = never
mail_location = maildir:{folder}/mail/%u
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
auth_mechanisms = plain xoauth2
auth_failure_delay = 0
disable_plaintext_auth = yes
passdb {{
  driver = static
  args = password={password}
  mechanisms = plain
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
"""


class ImapServer:
    """Dovecot with any number of accounts, which it makes when they are first used."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.folder, self.certificate, self.port = folder, certificate, get_free_port()
        # Dovecot reads no mail as root.
        name = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.account = pwd.getpwnam(name)
        for made in ("mail", "home", "run"):
            (folder / made).mkdir(mode=0o755)
        for made in ("mail", "home"):
            os.chown(folder / made, self.account.pw_uid, self.account.pw_gid)
        # Dovecot asks there whose access token it is. It reads this file once.
        self.oauth_port = get_free_port()
        (folder / "oauth2.conf").write_text(
            f"introspection_mode = get\nusername_attribute = username\n"
            f"introspection_url = http://127.0.0.1:{self.oauth_port}/introspect?token=\n"
        )
        user = self.account.pw_name if os.getuid() else ""
        lines = SETTINGS.format(
            folder=folder,
            certificate=certificate,
            user=user or "dovecot",
            group="nogroup" if not user else self._group(),
            password=PASSWORD,
            uid=self.account.pw_uid,
            gid=self.account.pw_gid,
            port=self.port,
        )
        if not user:
            lines = lines.replace("default_login_user = dovecot", "default_login_user = dovenull")
            lines = lines.replace("default_internal_group = nogroup\n", "")
        (folder / "dovecot.conf").write_text(lines)
        self.process: Any = None

    def _group(self) -> str:
        import grp

        return grp.getgrgid(self.account.pw_gid).gr_name

    def start(self) -> None:
        arguments = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._listens, said=(self.folder / "log").read_text)

    def _listens(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def sign_in(self, account: str, password: str = PASSWORD) -> IMAPClient:
        """For a `with` statement, which signs out: Dovecot takes a hundred connections at a time."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client = IMAPClient("127.0.0.1", self.port, ssl_context=context, timeout=PATIENCE)
        client.login(account, password)
        return client

    def deliver(self, account: str, message: EmailMessage | bytes, folder: str = "INBOX") -> None:
        """What a mail server does with an email that has arrived."""
        with self.sign_in(account) as client:
            with contextlib.suppress(Exception):
                client.create_folder(folder)
            client.append(folder, bytes(message) if isinstance(message, EmailMessage) else message)


@contextlib.contextmanager
def an_imap_server() -> Iterator[tuple[ImapServer, Authority]]:
    folder = Path(tempfile.mkdtemp(prefix="imap", dir="/tmp"))
    folder.chmod(0o755)
    authority = Authority(folder)
    authority.server()
    server = ImapServer(folder, folder / "authority-127.0.0.1.pem")
    server.start()
    try:
        yield server, authority
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class SmtpServer:
    """A mail server that takes emails of those who sign in; `arrived` are what it has taken."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.arrived: list[Any] = []
        self.signed_in: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        # Addresses that it takes no emails for.
        self.unknown: set[str] = set()
        outer = self

        class Keep(Handler):
            def handle_message(self, message: Any) -> None:
                outer.arrived.append(message)

            async def handle_RCPT(
                self, server: Any, session: Any, envelope: Any, address: str, options: Any
            ) -> str:
                if address in outer.unknown:
                    return "550 5.1.1 No such user"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def auth_XOAUTH2(self, server: Any, arguments: list[str]) -> AuthResult:
                from base64 import b64decode

                user, bearer, *_rest = b64decode(arguments[1]).decode().split("\x01")
                token = bearer.removeprefix("auth=Bearer ")
                outer.signed_in.append((user.removeprefix("user="), token))
                return AuthResult(success=token in outer.tokens, handled=False)

        def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            login, password = data.login.decode(), data.password.decode()
            outer.signed_in.append((login, password))
            return AuthResult(success=password == PASSWORD, handled=False)

        self.controller = Controller(
            Keep(),
            hostname="127.0.0.1",
            port=get_free_port(),
            ssl_context=context,
            authenticator=authenticate,
            auth_required=True,
            auth_require_tls=False,
        )
        self.port = self.controller.port
