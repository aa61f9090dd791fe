import pytest

from jobwire.api.encodings import choose_encoding
from jobwire.progress.extras import Encoding


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZip",
        "x-gzip",
        "gzip, deflate, br, zstd",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "*",
        "gzip;q=0.001",
        "gzip ; q=1",
        "identity;q=0.5, gzip;q=0.5",
        "deflate,gzip;q=1.0,*;q=0",
        "nonsense;;, gzip",
    ],
)
def test_gzip_where_it_may_be_used(accepted: str):
    assert choose_encoding(accepted) is Encoding.GZIP


@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "gzip;q=0.000",
        "*;q=0",
        "*, gzip;q=0",
        "identity, gzip;q=0.5",
        "identity;q=0.6, *;q=0.5",
        "gzip;q=x",
        "gzip;level=9",
        "gzipped",
    ],
)
def test_no_encoding_where_it_may_not(accepted: str):
    assert choose_encoding(accepted) is Encoding.IDENTITY
