"""A mail server with a mood: what it answers to some addresses, senders or contents."""

from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from tests.ports import get_free_port

REFUSED_SENDER = "550 5.7.1 Sender address rejected"


class Answering:
    """`answers` are those to recipients, by address; "*" is for all others. `sender` and `content` answer the other steps."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.sender = self.content = ""
        self.arrived: list = []
        outer = self

        class Keep(Handler):
            def handle_message(self, message) -> None:
                outer.arrived.append(message)

            async def handle_MAIL(self, server, session, envelope, address, options) -> str:
                if outer.sender:
                    return outer.sender
                envelope.mail_from = address
                envelope.mail_options.extend(options)
                return "250 OK"

            async def handle_RCPT(self, server, session, envelope, address, options) -> str:
                answer = outer.answers.get(address) or outer.answers.get("*")
                if answer:
                    return answer
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope) -> str:
                if outer.content == "disconnect":
                    await super().handle_DATA(server, session, envelope)
                    server.transport.abort()
                    return "250 OK"
                if outer.content:
                    return outer.content
                return await super().handle_DATA(server, session, envelope)

        self.port = get_free_port()
        self.controller = Controller(Keep(), hostname="127.0.0.1", port=self.port)


@contextmanager
def an_answering_server(settings):
    server = Answering()
    server.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    try:
        yield server
    finally:
        server.controller.stop()
