"""Servers of the tests get ports that no other process takes before they listen."""

import socket

import pytest

from tests import ports
from tests.ports import get_free_port


def test_no_other_program_takes_a_port_before_its_server_listens():
    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(("127.0.0.1", get_free_port()))


def test_nobody_answers_at_a_port_before_its_server_listens():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", get_free_port()))


def test_a_server_listens_at_its_port_and_does_so_again_after_it_has_ended():
    port = get_free_port()
    for _time in range(2):
        with (
            socket.create_server(("127.0.0.1", port)) as server,
            socket.create_connection(("127.0.0.1", port)),
        ):
            server.accept()[0].close()


def test_the_longest_held_port_is_given_back_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(ports, "MOST", 2)
    monkeypatch.setattr(ports, "held", [])
    _first, *later = [get_free_port() for _time in range(3)]
    assert [holder.getsockname()[1] for holder in ports.held] == later
    for holder in ports.held:
        holder.close()
