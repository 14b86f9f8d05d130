"""The way out over Tor: to hosts of a list alone, by name, apart from each other, within bounds."""

import socket
from itertools import count

import pytest
from app.kernel.errors import TooLargeError, UnavailableError
from app.onion import WayOut, through_tor
from app.settings import Settings
from app.web import outbound

from tests.web.socks import Asked, Stand, say, standing

ONION = "p" * 55 + "d.onion"
OTHER = "q" * 55 + "d.onion"
NAMED = "partner.example"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n5\n"

# Addresses by which somebody would have us ask a host that is not on the list.
ELSEWHERE = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://0.0.0.0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::]/", "http://localhost/",
    "http://localhost.localdomain/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.0.1:8000/",
    "http://evil.example/", f"http://{OTHER}/", f"http://x.{ONION}/", f"http://{ONION}.evil.example/", f"http://{ONION}./",
    f"http://{ONION}@evil.example/", f"http://evil.example#@{ONION}/", f"http://evil.example/{ONION}", f"http://evil.example?{ONION}",
    f"http://{ONION}%00.evil.example/", f"http://{ONION}%2eevil.example/", f"http://evil.example%2f{ONION}/",
    f"http://{NAMED}.evil.example/", f"http://x{NAMED}/", f"http://{NAMED}./", "http://partner%2eexample/", "http://pаrtner.example/",
    f"ftp://{ONION}/", f"file://{ONION}/etc/passwd", "file:///etc/passwd", f"gopher://{ONION}:70/", "unix:///run/socket",
    f"//{ONION}/", ONION, "", "http://", "http:///", f"http://{ONION}:x/", f"http://{ONION}:99999/", "http://[", f"http://{ONION}\r\nHost: x/",
    f"http:{ONION}", f"http:/{ONION}", "data:text/plain,x", f"javascript://{ONION}/", f"http+unix://{ONION}/",
]  # fmt: skip


def way(stand: Stand) -> WayOut:
    """Return the way over a stand-in to two hosts."""
    return WayOut(socks=stand.socks, hosts=frozenset({ONION, NAMED}))


def ask(stand: Stand, url: str, body: bytes | None = None) -> outbound.Received:
    """Ask over it."""
    return outbound.exchange("POST" if body else "GET", url, body, within_s=10, way=way(stand))


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was looked up or connected to on this machine."""
    found: list[object] = []

    def look_up(*words: object, **_: object) -> None:
        found.append(words)
        raise OSError("looked up")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "gethostbyname", look_up)
    monkeypatch.setattr(socket, "create_connection", look_up)
    return found


@pytest.mark.parametrize("url", ELSEWHERE)
def test_host_that_is_not_on_the_list_is_not_asked(url: str, looked_up: list[object]) -> None:
    with standing(say(ANSWER)) as stand, pytest.raises(UnavailableError):
        ask(stand, url)

    assert (stand.accepted, looked_up) == (0, [])


@pytest.mark.parametrize(
    ("url", "name", "port"),
    [
        (f"http://{ONION}/witness/add-checkpoint", ONION, 80),
        (f"http://{ONION.upper()}:8080/", ONION, 8080),
        (f"http://{NAMED}/", NAMED, 80),
        # Browsers would read another host here; what was compared with the list is what is asked.
        (f"http://evil.example\\@{ONION}/", ONION, 80),
    ],
)
def test_name_is_told_to_tor_and_looked_up_nowhere_else(
    url: str, name: str, port: int, looked_up: list[object]
) -> None:
    with standing(say(ANSWER)) as stand:
        received = ask(stand, url)

    assert received == outbound.Received(status=200, media_type="text/plain", body=b"5\n")
    assert stand.asked == [Asked(name.encode(), 3, name.encode(), port)]
    assert looked_up == []


def test_partners_are_kept_apart_by_their_user_names() -> None:
    with standing(say(ANSWER)) as stand:
        ask(stand, f"http://{ONION}/")
        ask(stand, f"http://{NAMED}/")
        ask(stand, f"http://{ONION}/")

    first, second, third = [asked.user for asked in stand.asked]
    assert first == third != second


def test_client_that_keeps_its_connection_goes_over_tor_too() -> None:
    with standing(say(ANSWER)) as stand, outbound.open_client(10, way(stand)) as client:
        received = outbound.exchange("GET", f"http://{ONION}/", within_s=10, client=client)
        with pytest.raises(UnavailableError):
            outbound.exchange("GET", f"http://{OTHER}/", within_s=10, client=client)

    assert received.status == 200
    assert [asked.name for asked in stand.asked] == [ONION.encode()]


def test_no_redirect_is_followed_over_tor() -> None:
    leads = f"HTTP/1.1 302 Found\r\nLocation: http://{NAMED}/\r\nContent-Length: 0\r\n\r\n"
    with standing(say(leads.encode())) as stand:
        assert ask(stand, f"http://{ONION}/").status == 302

    assert stand.accepted == 1


def test_endless_answer_over_tor_is_cut_off() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2 * outbound.MAX_ANSWER_BYTES // 65_536):
            connection.sendall(bytes(65_536))

    with standing(answer) as stand, pytest.raises(TooLargeError):
        ask(stand, f"http://{ONION}/")


def test_head_that_drips_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr(through_tor, "monotonic", lambda: float(next(clock)))

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            connection.sendall(f"X-{number}: {'x' * 400}\r\n".encode())

    with standing(drip) as stand, pytest.raises(UnavailableError, match="not reachable"):
        ask(stand, f"http://{ONION}/")

    assert next(clock) < 40


@pytest.mark.parametrize(
    "reply", [b"\x05\x04\x00\x01" + bytes(6), b"\x05\x01\x00\x03", b"\x04\x00\x00\x01", b""]
)
def test_what_tor_does_not_reach_is_said_to_be_so(reply: bytes) -> None:
    with standing(say(ANSWER), reply) as stand, pytest.raises(UnavailableError):
        ask(stand, f"http://{ONION}/")

    assert len(stand.asked) == 1


# httpcore leaves closing to Python where a unix socket cannot be connected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("socks", ["unix:/nowhere/socks", "127.0.0.1:1", "127.0.0.1", "unix:", "x"])
def test_tor_that_is_not_there_is_told_by_its_setting(socks: str) -> None:
    with pytest.raises(UnavailableError, match="GOFTOGU_TOR_SOCKS"):
        outbound.exchange(
            "GET",
            f"http://{ONION}/",
            within_s=10,
            way=WayOut(socks=socks, hosts=frozenset({ONION})),
        )


@pytest.mark.parametrize(
    "host", [ONION, ONION.upper(), f"{ONION}.", f"x.{ONION}", "short.onion", "onion", "ONION."]
)
def test_onion_address_is_not_asked_for_without_tor(host: str, looked_up: list[object]) -> None:
    with pytest.raises(UnavailableError, match="GOFTOGU_TOR_SOCKS"):
        outbound.exchange("GET", f"http://{host}/", within_s=10)

    assert looked_up == []


def test_settings_say_who_is_asked_over_tor() -> None:
    settings = Settings(tor_socks="unix:/s", tor_hosts=" Partner.example,,other.example ")

    named = {"partner.example", "other.example"}
    assert settings.way_to(f"http://{ONION}/w") == WayOut(
        socks="unix:/s", hosts=frozenset({*named, ONION})
    )
    assert settings.way_to("https://evil.example") == WayOut(
        socks="unix:/s", hosts=frozenset(named)
    )
    assert Settings(tor_socks="").way_to(f"http://{ONION}/") is None
    for address in ("", "http://", "http://a:x", "partner"):
        with pytest.raises(UnavailableError):
            settings.way_to(address)
