"""A connection to a server that is slow, breaks off or never answers."""

import contextlib
import socket
import threading
import time


class Way:
    """Forwards a port to another one on this machine.

    `pause` are seconds before each answer, `cut_after` is after how many bytes of a request the connection breaks off, and
    with `silent` nothing is ever answered.
    """

    def __init__(self, port: int, *, pause: float = 0, cut_after: int = 0, silent: bool = False) -> None:
        self.to, self.pause, self.cut_after, self.silent = port, pause, cut_after, silent
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
        threading.Thread(target=self._forward, args=(server, caller, 0), daemon=True).start()
        self._forward(caller, server, self.cut_after)

    def _forward(self, source: socket.socket, target: socket.socket, most: int) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                passed += len(data)
                if most and passed > most:
                    break
                if not most:
                    time.sleep(self.pause)
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
