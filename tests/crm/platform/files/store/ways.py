"""A connection to a server that is slow, breaks off or never answers."""

import contextlib
import socket
import threading
import time


class Way:
    """Forwards a port to another one on this machine.

    `pause` are seconds before each part of an answer. The connection breaks off after so many bytes of a request
    (`cut_after`) or of an answer (`answer_cut_after`). With `silent`, nothing is ever answered.
    """

    def __init__(
        self,
        port: int,
        *,
        pause: float = 0,
        cut_after: int = 0,
        answer_cut_after: int = 0,
        silent: bool = False,
    ) -> None:
        self.to, self.pause, self.silent = port, pause, silent
        self.cut_after, self.answer_cut_after = cut_after, answer_cut_after
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in self.open:
            with contextlib.suppress(OSError):
                one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self.listener.accept()
                self.open.append(caller)
                if not self.silent:
                    threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.to))
        self.open.append(server)
        threading.Thread(
            target=self._forward, args=(server, caller, self.answer_cut_after, self.pause), daemon=True
        ).start()
        self._forward(caller, server, self.cut_after, 0)

    def _forward(self, source: socket.socket, target: socket.socket, most: int, pause: float) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                passed += len(data)
                if most and passed > most:
                    break
                time.sleep(pause)
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
