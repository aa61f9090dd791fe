import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from jobwire.api.tokens import Audience, Tokens
from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import RunId, UserId

SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000


def tokens(now: float = NOW, secret: str = SECRET) -> Tokens:
    return Tokens(secret, lambda: now)


def payload(**changes: object) -> dict[str, object]:
    claims = {"aud": "jobwire", "sub": "7", "iat": NOW, "exp": NOW + 60} | changes
    return {name: value for name, value in claims.items() if value is not ...}


def signed(claims: dict[str, object], *, key: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def test_a_token_says_whose_it_is_and_until_when():
    claims = tokens().read(tokens().access(UserId(7)), Audience.ACCESS)
    assert claims.user_id == 7
    assert claims.expires_at - claims.issued_at == timedelta(hours=12)


def test_a_token_ends_at_its_time():
    token = tokens().access(UserId(7), timedelta(seconds=10))
    assert tokens(NOW + 9.9).read(token, Audience.ACCESS)
    with pytest.raises(NotSignedIn, match="expired"):
        tokens(NOW + 10).read(token, Audience.ACCESS)


def test_a_token_is_good_for_one_audience():
    with pytest.raises(NotSignedIn):
        tokens().read(tokens().access(UserId(7)), Audience.SESSION)
    with pytest.raises(NotSignedIn):
        tokens().read(tokens().session(UserId(7)), Audience.ACCESS)


def test_a_ticket_is_for_one_run_and_not_good_for_longer_than_what_it_was_got_with():
    late = datetime.fromtimestamp(NOW + 3_600, UTC)
    claims = tokens().read(tokens().ticket(UserId(7), RunId(17), late), Audience.TICKET)
    assert (claims.user_id, claims.run_id) == (7, 17)
    assert claims.expires_at - claims.issued_at == timedelta(minutes=15)
    soon = datetime.fromtimestamp(NOW + 60, UTC)
    short = tokens().ticket(UserId(7), RunId(17), soon)
    assert tokens().read(short, Audience.TICKET, Audience.ACCESS).expires_at == soon
    for audience in (Audience.ACCESS, Audience.SESSION):
        with pytest.raises(NotSignedIn):
            tokens().read(short, audience)
    with pytest.raises(NotSignedIn):
        tokens().read(tokens().access(UserId(7)), Audience.TICKET)


@pytest.mark.parametrize("run", [..., None, 0, -1, 2**63, "17", True, 1.5])
def test_a_ticket_without_a_proper_run_is_refused(run: object):
    claims = payload(aud="jobwire-stream", run=run)
    with pytest.raises(NotSignedIn):
        tokens().read(signed(claims), Audience.TICKET)


def test_a_session_goes_stale_after_a_day():
    claims = tokens().read(tokens().session(UserId(7)), Audience.SESSION)
    assert not tokens(NOW + 86_400).is_stale(claims)
    assert tokens(NOW + 86_401).is_stale(claims)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ...},
        {"sub": ...},
        {"iat": ...},
        {"exp": ...},
        {"aud": ["jobwire"]},
        {"aud": ["jobwire", "jobwire-session"]},
        {"sub": 7},
        {"sub": ""},
        {"sub": "0"},
        {"sub": "-7"},
        {"sub": "seven"},
        {"sub": "\u0667"},
        {"sub": str(2**63)},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": NOW + 61},
        {"iat": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_claims_that_are_missing_or_odd_are_refused(changes: dict[str, object]):
    claims = payload(**changes)
    raw = jwt.api_jws.encode(json.dumps(claims).encode(), SECRET, algorithm="HS256")
    with pytest.raises(NotSignedIn):
        tokens().read(raw, Audience.ACCESS)


def test_other_keys_and_algorithms_are_refused():
    longer = SECRET * 2
    forged = [
        signed(payload(), key="f" * 32),
        signed(payload(), key=longer, algorithm="HS512"),
        jwt.encode(payload(), "", algorithm="none"),
    ]
    for token in forged:
        with pytest.raises(NotSignedIn):
            tokens(secret=longer).read(token, Audience.ACCESS)


def test_a_token_whose_signature_was_cut_off_is_refused():
    head, body, _ = tokens().access(UserId(7)).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for token in (
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{none}.{body}.",
        f"{none}.{body}",
        "",
        ".",
        "..",
        "a.b.c",
        "\u2603",
    ):
        with pytest.raises(NotSignedIn):
            tokens().read(token, Audience.ACCESS)


def test_the_secret_is_not_shown():
    assert SECRET not in repr(tokens())
