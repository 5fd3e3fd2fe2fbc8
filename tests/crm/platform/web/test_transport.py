"""What goes over the network: encrypted calls, certificates, the borders of requests, and nothing but the product's addresses."""

import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.mail.backends.smtp import EmailBackend
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader
from gunicorn.http.parser import RequestParser

import crm.settings
from crm.platform.configuration.environment import ROOT
from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.web import outgoing_calls


@pytest.fixture
def https(settings):
    """A browser or program of an installation with https, which calls it without."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    return Client(headers={"host": "crm.example.com"})


@pytest.mark.parametrize("path", ["/login", "/admin/leads", "/api/docs"])
def test_a_page_opened_without_https_is_redirected_to_it(https, db, path):
    answer = https.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://crm.example.com{path}")


@pytest.mark.parametrize("path", ["/api/leads", "/api/v2/leads", "/v1/crm/leads", "/calendar/secret.ics"])
def test_a_call_of_a_program_without_https_fails_instead_of_being_redirected(https, db, path):
    answer = https.get(path, headers={"authorization": "Bearer lw_secret"})
    assert (answer.status_code, answer.has_header("Location")) == (403, False)
    assert answer.text.startswith("Use https.")
    assert https.get(path, secure=True).status_code in (401, 410)


def test_the_nginx_example_allows_only_current_versions_of_tls_with_forward_secrecy():
    example = (ROOT / "docs" / "run.md").read_text()
    assert re.findall(r"ssl_protocols (.*);", example) == ["TLSv1.2 TLSv1.3"]
    (ciphers,) = re.findall(r"ssl_ciphers (.*);", example)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    offered = [cipher for cipher in context.get_ciphers() if cipher["protocol"] == "TLSv1.2"]
    assert offered
    for cipher in offered:
        assert cipher["aead"], cipher["name"]
        assert cipher["kea"] == "kx-ecdhe", cipher["name"]


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 6\r\nContent-Length: 5\r\n",
        b"Content-Length: +6\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_request_with_two_ends_is_refused(lengths):
    """Otherwise the proxy and the web server could see different requests in the same bytes."""
    data = b"POST /login HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n"
    parser = RequestParser(Config(), BytesIO(data), ("127.0.0.1", 1))
    with pytest.raises(Exception, match=r"(?i)invalid|unsupported|header") as refused:
        next(parser)
    assert isinstance(refused.value, InvalidHeader) or "gunicorn" in type(refused.value).__module__


@pytest.fixture
def stranger(tmp_path):
    """The port of a server with a certificate that no one trusts, and what it has received in TLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
        .sign(key, SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    file: Path = tmp_path / "certificate.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none) + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    heard: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        plain, _address = listening.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as encrypted:
                heard.append(encrypted.recv(1000))
        except OSError:
            plain.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=[listening], daemon=True).start()
        yield listening.getsockname()[1], heard


def test_a_server_without_a_trusted_certificate_gets_no_webhook_and_no_push_message(stranger, monkeypatch):
    port, heard = stranger
    monkeypatch.setattr(
        outgoing_calls, "resolve_public_address", lambda host, port, seconds, **_where: "127.0.0.1"
    )
    with pytest.raises(outgoing_calls.NotCalled, match="certificate"):
        outgoing_calls.post_once(f"https://hook.example:{port}/", b"secret", {})
    assert heard == []


def test_the_mail_server_has_to_show_a_trusted_certificate_for_its_name():
    context = EmailBackend(use_tls=True).ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    # Where OpenSSL's own configuration decides, its level 2 has no signatures that TLS before 1.2 can use.
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2 or context.security_level >= 2


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/manage.py",
        "/requirements.txt",
        "/static/../crm/settings.py",
        "/static/%2e%2e/crm/settings.py",
        "/static/",
        "/static/js/",
        "/files/",
    ],
)
def test_no_file_of_the_installation_and_no_folder_is_served(sign_in, ada, path):
    assert sign_in(ada).get(path).status_code == 404


def test_no_setting_turns_on_pages_with_details_of_errors():
    assert crm.settings.DEBUG is False
    assert [setting.name for setting in SETTING_CATALOG if "DEBUG" in setting.name] == []


def test_only_the_user_who_runs_leadwell_reaches_the_embedded_database(settings):
    address = settings.DATABASES["default"]["HOST"]
    if not address.startswith("/"):
        pytest.fail("The tests run on the embedded server.")
    assert Path(address).stat().st_mode & 0o077 == 0
