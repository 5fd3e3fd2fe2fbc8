"""What a cluster on one machine makes up the first time and keeps: addresses and passwords."""

import secrets
import socket

from crm.platform.configuration.environment import SettingError


def first_values() -> dict[str, str]:
    """Addresses that no other cluster on this machine uses, and passwords."""
    passwords = ("SUPERUSER", "REPLICATION", "LEADWELL", "PATRONI")
    return {
        **free_addresses(),
        **{f"{name}_PASSWORD": secrets.token_urlsafe(24) for name in passwords},
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


def free_addresses() -> dict[str, str]:
    """The whole of 127.0.0.0/8 is this machine, so each of the machines gets an address there and has the usual ports."""
    hosts = {"db1": 21, "db2": 22, "db3": 23, "app1": 11, "app2": 12}
    for network in range(1, 255):
        addresses = {name.upper(): f"127.77.{network}.{host}" for name, host in hosts.items()}
        if (
            is_free(addresses["DB1"], 2379)
            and is_free(addresses["DB1"], 5432)
            and is_free(addresses["APP1"], 8000)
        ):
            return addresses
    raise SettingError(
        "Ports 2379, 5432 and 8000 are in use by other programs on all addresses of this machine."
    )


def is_free(address: str, port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError:
            return False
    return True
