"""No test reaches another machine."""

import ipaddress
import socket

import pytest


class NetworkForbidden(RuntimeError):
    pass


def is_local(address) -> bool:
    """Unix sockets and loopback only; a name is judged before it is looked up."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def closed_network():
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self, address):
        if not is_local(address):
            raise NetworkForbidden(f"a test may not reach {address}")
        return connect(self, address)

    def guarded_look_up(host, *arguments, **options):
        if not is_local((host.decode() if isinstance(host, bytes) else host,)):
            raise NetworkForbidden(f"a test may not look up {host}")
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
