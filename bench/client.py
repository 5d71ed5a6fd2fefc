"""A browser's part: one kept connection, a session cookie, forms sent with their token."""
from __future__ import annotations

import http.client
import re
import time
import urllib.parse
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    body: bytes
    location: str | None
    milliseconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """Signed in as one user."""

    def __init__(self, port: int, username: str, password: str, login: str = "/login/"):
        self.username = username
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookies: dict[str, str] = {}
        token = hidden(self.get(login).text, "csrf_token")
        assert self.post(login, {"username": username, "password": password, "csrf_token": token}).status == 302

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, form: dict) -> Answer:
        return self._send("POST", path, urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, fields: dict, name: str, filename: str, content: bytes) -> Answer:
        edge = "----bench"
        part = f"--{edge}\r\nContent-Disposition: form-data; name="
        text = "".join(f'{part}"{key}"\r\n\r\n{value}\r\n' for key, value in fields.items())
        head = f'{part}"{name}"; filename="{filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = (text + head).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._send("POST", path, body, f"multipart/form-data; boundary={edge}")

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # a server may close a kept connection at any time
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - began) * 1000
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, content, response.headers.get("Location"), took)


def hidden(page: str, name: str) -> str:
    """The value of a hidden input."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    return re.search(r'value="([^"]*)"', field[0])[1] if field else ""
