"""Receivers of the audit log that listen on this machine: a syslog server and a web server, both with TLS, and their own
certificate authority."""

import datetime
import ipaddress
import json
import socket
import ssl
import struct
import threading
from http.server import HTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crm.models import AuditEntry, AuditStream
from crm.platform.audit.entries import PendingEntry
from tests.api.webhooks.listening import Handler
from tests.waiting import PATIENCE

SECRET = "a secret of the audit log"


class Authority:
    """A certificate authority that signs certificates for host names; its files are in a folder."""

    def __init__(self, folder, name: str = "authority") -> None:
        self.folder, self.name = folder, name
        self.key, self.subject = ec.generate_private_key(ec.SECP256R1()), _named(name)
        self.certificate = self._sign(self.key.public_key(), self.subject, x509.BasicConstraints(True, None))
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(_pem(self.certificate))

    def _sign(self, public_key, subject, *extensions):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256())

    def server(self, host: str = "127.0.0.1") -> ssl.SSLContext:
        """What a server with this name needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        certificate = self._sign(key.public_key(), _named(host), x509.SubjectAlternativeName([name]))
        path = self.folder / f"{self.name}-{host}.pem"
        plain = serialization.NoEncryption()
        kind = serialization.PrivateFormat.PKCS8
        path.write_bytes(_pem(certificate) + key.private_bytes(serialization.Encoding.PEM, kind, plain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class SyslogServer:
    """Reads each connection to its end. `ends` is how it closes: "politely", "abruptly" (without TLS's farewell), "early"
    (resets after the first bytes), "deaf" (without reading), "never", or "dripping" (a byte of a response now and then)."""

    def __init__(self, context: ssl.SSLContext | None, port: int = 0, ends: str = "politely") -> None:
        self.context, self.ends = context, ends
        self.streams: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", port))
        self.port = self.listening.getsockname()[1]
        self.over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "SyslogServer":
        return self

    def __exit__(self, *_error) -> None:
        self.over.set()
        # Closing alone doesn't wake the thread that accepts.
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    @property
    def url(self) -> str:
        return f"syslog+tls://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[str]:
        """All messages, in the order of their arrival."""
        return [message for stream in self.streams for message in framed(stream)]

    @property
    def ids(self) -> list[int]:
        return [json.loads(message.split(" - ", 2)[2])["id"] for message in self.messages]

    def _listen(self) -> None:
        while True:
            try:
                plain, _address = self.listening.accept()
            except OSError:
                return
            try:
                self._read(plain)
            except OSError:
                plain.close()

    def _read(self, plain: socket.socket) -> None:
        plain.settimeout(PATIENCE)
        connection = self.context.wrap_socket(plain, server_side=True) if self.context else plain
        if self.ends == "deaf":
            connection.close()
            return
        if self.ends == "dripping":
            while not self.over.wait(0.1):
                connection.sendall(b"x")
            return
        if self.ends == "early":
            connection.recv(10)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return
        received = b""
        while part := connection.recv(65_536):
            received += part
        self.streams.append(received)
        if self.ends == "never":
            self.over.wait(PATIENCE)
        elif self.ends == "politely" and self.context:
            connection.unwrap()
        connection.close()


def framed(stream: bytes) -> list[str]:
    """The messages of a stream with octet counting (RFC 6587, section 3.4.1)."""
    found = []
    while stream:
        length, _space, rest = stream.partition(b" ")
        found.append(rest[: int(length)].decode())
        assert len(rest) >= int(length)
        stream = rest[int(length) :]
    return found


class WebServer(HTTPServer):
    """A web server with TLS; it responds with `status`, and redirects to `location` if given."""

    status, location = 200, ""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.heard: list[tuple[dict, bytes]] = []

    def __enter__(self) -> "WebServer":
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_error) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A refused certificate ends the handshake; that is expected."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}/audit?x=1"

    @property
    def ids(self) -> list[int]:
        return [entry["id"] for _headers, body in self.heard for entry in json.loads(body)]


def write(number: int, **values) -> list[int]:
    """The ids of this many new entries."""
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    for count in range(number):
        PendingEntry("viewed", table="lead", record=count, **values).write()
    return sorted(set(AuditEntry.objects.values_list("pk", flat=True)) - before)


def at_once() -> None:
    """As if the pause after a failure were over."""
    AuditStream.objects.update(next_at=None)
