import pytest

from jobwire.api.auth import Credential, Via, authenticate
from jobwire.api.tokens import Tokens
from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import UserId

TOKENS = Tokens("0123456789abcdef0123456789abcdef", lambda: 1_800_000_000)
HEADER, QUERY, COOKIE = UserId(1), UserId(2), UserId(3)


def scope(*headers: tuple[str, str], query: str = "") -> dict[str, object]:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "headers": raw, "query_string": query.encode()}


def bearer(token: str) -> tuple[str, str]:
    return ("authorization", f"Bearer {token}")


GOOD_HEADER = bearer(TOKENS.access(HEADER))
GOOD_QUERY = f"token={TOKENS.access(QUERY)}"
GOOD_COOKIE = ("cookie", f"a=b; jobwire_session={TOKENS.session(COOKIE)}")


def test_header_then_query_then_cookie():
    assert authenticate(scope(GOOD_HEADER, GOOD_COOKIE, query=GOOD_QUERY), TOKENS).user_id == HEADER
    assert authenticate(scope(GOOD_COOKIE, query=GOOD_QUERY), TOKENS).user_id == QUERY
    principal = authenticate(scope(GOOD_COOKIE), TOKENS)
    assert (principal.user_id, principal.via) == (COOKIE, Via.COOKIE)


@pytest.mark.parametrize(
    "request_scope",
    [
        scope(bearer("nonsense"), GOOD_COOKIE, query=GOOD_QUERY),
        scope(bearer(""), GOOD_COOKIE, query=GOOD_QUERY),
        scope(("authorization", ""), GOOD_COOKIE, query=GOOD_QUERY),
        scope(("authorization", "Basic bWU6bWU="), GOOD_COOKIE, query=GOOD_QUERY),
        scope(GOOD_HEADER, GOOD_HEADER),
        scope(GOOD_COOKIE, query="token="),
        scope(GOOD_COOKIE, query="token=nonsense"),
        scope(GOOD_COOKIE, query=f"{GOOD_QUERY}&{GOOD_QUERY}"),
        scope(query="&".join(f"a{i}=1" for i in range(200))),
        scope(("cookie", "jobwire_session=")),
        scope(("cookie", "jobwire_session=nonsense")),
        scope(),
    ],
)
def test_a_bad_credential_is_not_skipped(request_scope: dict[str, object]):
    with pytest.raises(NotSignedIn):
        authenticate(request_scope, TOKENS)


def test_a_token_opens_only_the_door_that_it_was_made_for():
    access, session = TOKENS.access(HEADER), TOKENS.session(HEADER)
    for bad in (
        scope(bearer(session)),
        scope(query=f"token={session}"),
        scope(("cookie", f"jobwire_session={access}")),
    ):
        with pytest.raises(NotSignedIn):
            authenticate(bad, TOKENS)


def test_a_credential_does_not_show_its_token():
    assert "sesame" not in repr(Credential(Via.HEADER, "sesame"))
