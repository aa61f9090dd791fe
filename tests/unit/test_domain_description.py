import pytest

from jobwire.domain import description
from jobwire.domain.description import MAX_CHARS, MAX_ENTITIES, MAX_TAGS, plain_text, safe_html, words


def shown(source: str) -> tuple[str, str]:
    safe = safe_html(source)
    return safe, plain_text(safe)


@pytest.mark.parametrize(
    ("source", "leftover"),
    [
        ("<p>ok</p><script>alert(1)</script>", "alert"),
        ("<p>ok</p><scr<script>ipt>alert(1)</script>", "<script"),
        ('<p onclick="x()">ok</p>', "onclick"),
        ('<img src="https://tracker.example/p.gif" onerror="x()">ok', "tracker"),
        ('<a href="javascript:alert(1)">ok</a>', "javascript"),
        ('<a href=" jAvA&#10;script:alert(1)">ok</a>', "script:"),
        ('<a href="data:text/html,hi">ok</a>', "data:"),
        ('<a href="/api/ingestion/abort/1">ok</a>', "abort"),
        ('<a href="//evil.example">ok</a>', "evil"),
        ('<p style="position:fixed" class="modal" id="root">ok</p>', "="),
        ("<style>p{display:none}</style>ok", "display"),
        ('<iframe src="https://evil.example">x</iframe>ok', "evil"),
        ('<svg onload="x()"><a href="javascript:x()">y</a></svg>ok', "script"),
        ("<math><mtext><script>alert(1)</script></mtext></math>ok", "alert"),
        ("<!-- secret -->ok", "secret"),
        ('<form action="https://evil.example"><input name="password">ok</form>', "evil"),
        ('<base href="https://evil.example">ok', "evil"),
        ("<p>ok\x00\x1b[31m</p>", "\x1b"),
    ],
)
def test_nothing_that_acts_or_tracks_survives(source: str, leftover: str) -> None:
    html, text = shown(source)

    assert leftover not in html
    assert leftover not in text
    assert "ok" in text


def test_links_are_kept_and_lead_out_safely() -> None:
    html, text = shown('<a href="https://acme.example/a?b=1&c=2" target="_top">Apply</a>')

    assert html == '<a href="https://acme.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">Apply</a>'
    assert text == "Apply"


def test_the_text_has_a_line_for_each_paragraph_and_item() -> None:
    _, text = shown(
        "<h2>About &amp; <em>us</em></h2><p>One\n   two&nbsp;three<br>four</p><div>five</div>six"
        "<ul><li>a</li><li><p>b</p></li><li></li></ul><p></p><p>5 &lt; 6</p>"
    )

    assert text == "About & us\nOne two three\nfour\nfive\nsix\n- a\n- b\n5 < 6"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 300_000,
        "<p>" + "".join(f"<b id={n}>" for n in range(50_000)) + "</p>" + "<p>x</p>" * 50_000,
        "<script>" * 100_000,
        "<" * 1_000_000,
        "<script" * 100_000,
    ],
)
def test_html_made_to_be_slow_is_taken_for_its_text(source: str) -> None:
    html, text = shown("Engineer wanted<br>" + source)

    assert text.startswith("Engineer wanted")
    assert len(html) < 10 * len(source)


def test_very_many_tags_cost_the_format_and_not_the_text() -> None:
    html, text = shown("<script>bad()</script>" + "<ul><li>One &amp; <b>two</b></li></ul>" * MAX_TAGS)

    assert text.splitlines() == ["One & two"] * MAX_TAGS
    assert html.startswith("One &amp; two<br>One")


@pytest.mark.parametrize("source", ["& " * 500_000, "&#60;script&#62;bad()" * (MAX_ENTITIES // 2 + 1)])
def test_many_ampersands_never_reach_the_cleaner_whose_time_grows_with_their_square(
    source: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(description, "_CLEANER", None)
    html, text = shown(source)
    assert "<script" not in html
    assert html.count("&") >= MAX_ENTITIES // 2
    assert text


def test_many_attributes_never_reach_the_cleaner_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "_CLEANER", None)
    attributes = " ".join(f"a{number}=0" for number in range(MAX_CHARS // 8))
    html, text = shown(f"<p {attributes}>You build</p><p>bridges &lt;b&gt;")
    assert text.endswith("You build\nbridges <b>")
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('<p class="css-1a2b">You build</p>\n<b>bridges</b>', "You build\nbridges"),
        ("<style>.x{}</style>Text<SCRIPT>let a = 1</SCRIPT>", "Text"),
        ("R&amp;D", "R&amp;D"),
        ("a <!-- 12:03 -->b", "a b"),
    ],
)
def test_what_is_compared_are_the_words(source: str, said: str) -> None:
    assert words(source) == said
