"""Ports on this machine for servers that have to be told theirs, and for addresses at which nobody answers."""

import socket

# So many are enough for all that starts at a time, and far from the most files that a process may open.
MOST = 200
held: list[socket.socket] = []


def get_free_port() -> int:
    """A port that no other process gets until this one has asked for 200 more, even while its server has not started yet.

    A socket that is bound and never listens keeps it: the system gives such a port to nobody who asks for any, and servers
    may still take it by its number, as they share addresses (SO_REUSEADDR). Without that, another process of the tests took
    some ports between the question and the start, and the tests spoke to its server.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    held.append(holder)
    if len(held) > MOST:
        held.pop(0).close()
    return holder.getsockname()[1]
