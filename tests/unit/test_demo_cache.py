"""The bounds of what the demo site remembers."""

from collections import Counter

from jobwire.demo.cache import BytesCache
from jobwire.demo.options import Faults
from jobwire.demo.troubles import Trouble, Troubles


def test_what_was_asked_for_least_recently_goes_first() -> None:
    made = Counter[str]()

    def make(name: str, size: int = 4):
        def maker() -> bytes:
            made[name] += 1
            return bytes(size)

        return maker

    cache = BytesCache(10)
    for name in ("a", "b", "a", "c", "a", "b"):
        cache.get(name, make(name))
    assert made == {"a": 1, "b": 2, "c": 1}
    assert cache.size <= 10


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = BytesCache(10)
    cache.get("small", lambda: b"1234")
    assert cache.get("large", lambda: bytes(11)) == bytes(11)
    assert cache.size == 4
    assert cache.get("small", lambda: b"new") == b"1234"


def test_a_struck_request_answers_when_it_is_asked_again() -> None:
    troubles = Troubles(Faults(busy=0.5, failing=0.5), seed=1)
    assert troubles.strike(0, "/a") is not None
    assert troubles.strike(0, "/a") is None
    assert troubles.strike(1, "/a") is not None


def test_requests_are_struck_as_often_as_asked_and_the_same_for_the_same_seed() -> None:
    def strikes(seed: int) -> list[Trouble | None]:
        troubles = Troubles(Faults(busy=0.1, failing=0.2), seed)
        return [troubles.strike(0, f"/v1/companies/x/postings/{number}") for number in range(4000)]

    struck = Counter(strikes(1))
    assert 320 < struck[Trouble.BUSY] < 480
    assert 680 < struck[Trouble.FAILING] < 920
    assert strikes(1) == strikes(1) != strikes(2)


def test_without_faults_nothing_is_struck() -> None:
    troubles = Troubles(None, seed=1)
    assert {troubles.strike(0, f"/{number}") for number in range(100)} == {None}
