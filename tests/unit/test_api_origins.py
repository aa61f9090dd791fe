import pytest

from jobwire.api.auth import Principal, Via
from jobwire.api.origins import Origins
from jobwire.api.problems import Refused
from jobwire.api.tokens import Audience, Tokens
from jobwire.domain.errors import InvalidInput
from jobwire.domain.runs import UserId

TOKENS = Tokens("0123456789abcdef0123456789abcdef", lambda: 1_800_000_000)


def scope(method: str = "POST", scheme: str = "http", **headers: str) -> dict[str, object]:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "method": method, "scheme": scheme, "headers": raw}


def principal(via: Via = Via.COOKIE) -> Principal:
    claims = TOKENS.read(TOKENS.session(UserId(1)), Audience.SESSION)
    return Principal(UserId(1), via, claims)


@pytest.mark.parametrize(
    ("host", "origin", "scheme"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000", "http"),
        ("LOCALHOST", "http://localhost", "http"),
        ("localhost", "http://localhost:80", "http"),
        ("[::1]:8000", "http://[::1]:8000", "http"),
        ("example.com", "https://example.com", "https"),
        ("anything", "https://jobs.example.com", "http"),
    ],
)
def test_changes_from_this_servers_or_a_listed_page(host: str, origin: str, scheme: str):
    Origins(listed=["https://jobs.example.com/"]).check_change(
        scope(scheme=scheme, host=host, origin=origin), principal()
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://127.0.0.1:8000/path"},
        {"origin": "http://user@127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:99999"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
    ],
)
def test_changes_by_cookie_from_elsewhere_are_refused(headers: dict[str, str]):
    foreign = scope(host="127.0.0.1:8000", **headers)
    with pytest.raises(Refused) as refused:
        Origins().check_change(foreign, principal())
    assert refused.value.problem.status == 403
    Origins().check_change(foreign, principal(Via.HEADER))
    Origins().check_change(foreign, principal(Via.QUERY))
    Origins().check_change(foreign | {"method": "GET"}, principal())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8000", "localhost:8000", "[::1]:9", "127.9.9.9", "jobwire.localhost", "jobs.example.com", "Localhost."],
)
def test_names_of_a_loopback_server(host: str):
    Origins(listed=["https://jobs.example.com"]).check_host(scope(host=host))


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:8000", "a b", "10.0.0.1"]
)
def test_other_names_are_not_a_loopback_servers(host: str):
    with pytest.raises(Refused) as refused:
        Origins().check_host(scope(host=host))
    assert refused.value.problem.status == 421
    Origins(bound_to="0.0.0.0").check_host(scope(host=host))


def test_a_missing_or_doubled_host_is_refused():
    for raw in ([], [(b"host", b"localhost"), (b"host", b"localhost")]):
        with pytest.raises(Refused):
            Origins().check_host(scope() | {"headers": raw})


def test_cors_headers():
    listed = Origins(listed=["https://a.example"])
    assert dict(listed.cors_headers(scope(origin="https://a.example"))) == {
        b"access-control-allow-origin": b"https://a.example",
        b"access-control-allow-credentials": b"true",
        b"vary": b"Origin",
    }
    assert listed.cors_headers(scope(origin="https://b.example")) == [(b"vary", b"Origin")]
    assert Origins().cors_headers(scope(origin="https://a.example")) == []
    anybody = dict(Origins(listed=["*"]).cors_headers(scope(origin="https://b.example")))
    assert anybody[b"access-control-allow-origin"] == b"*"
    assert b"access-control-allow-credentials" not in anybody


@pytest.mark.parametrize("text", ["jobs.example.com", "ftp://a.example", "https://a.example/path", "null"])
def test_a_listed_text_that_is_no_origin_is_said_at_the_start(text: str):
    with pytest.raises(InvalidInput, match="JOBWIRE_CORS_ORIGINS"):
        Origins(listed=["*", text])
