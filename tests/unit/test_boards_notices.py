"""What a page says of itself: that its posting is closed, and that it is no page but a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.boards.notices import asks_who_we_are, closed_notice

POSTING = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Engineer"}</script>'


@pytest.mark.parametrize(
    "line",
    [
        "This job is no longer accepting applications",
        "No longer accepting applications",
        "We are no longer accepting applications for this position.",
        "Sorry, this position has been filled.",
        "We're sorry, this job posting has expired!",
        "The job you are looking for is no longer available. See our other openings.",
        "This role is now closed - see all roles",
        "Applications are closed",
        "Job no longer available | Acme",
        "Diese Stelle ist leider nicht mehr verfügbar.",
        "Die Stelle wurde bereits besetzt",
        "Bewerbungsfrist abgelaufen",
        "Cette offre n\u2019est plus disponible.",
        "Ce poste a été pourvu",
        "Esta oferta ya no está disponible",
        "Lo sentimos, esta vacante ha sido cubierta.",
        "Esta vaga foi encerrada",
        "Questa offerta non è più disponibile",
        "Deze vacature is niet meer beschikbaar",
        "Annonsen är inte längre tillgänglig",
        "Stillingen er ikke lenger ledig",
        "Stillingen er besat",
        "Oferta pracy wygasła",
        "この求人は募集を終了しました。",
        "채용이 마감되었습니다",
    ],
)
@pytest.mark.parametrize(
    "place", ["<h2>{}</h2>", '<div class="Job-Alert">\n <b>{}</b></div>', "<p role='alert'>{}</p>"]
)
def test_a_notice_closes(line: str, place: str) -> None:
    found = closed_notice(f"<html><body><main>{place.format(line)}<p>Text</p></main>", "Text")
    assert found == line.replace("\u2019", "'")


@pytest.mark.parametrize(
    "line",
    [
        "This position is closed to external candidates",
        "This job is not closed",
        "If this job is no longer available, write to us",
        "Close this job",
        "Engineer, Closed Loop Control",
        "Position: filled with joy",
        "Roles closed by our team last year",
        "Applications closed on Friday are answered on Monday",
        "Diese Stelle ist ab sofort zu besetzen",
        "Die Position ist besetzt mit Aufgaben",
        "Cette offre est ouverte",
        "This job is closed. " + "x" * 200,
        "",
    ],
)
def test_other_lines_do_not(line: str) -> None:
    assert closed_notice(f'<h1>{line}</h1><div class="notice">{line}</div>', "") is None


LINE = "This job is closed."


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{LINE}</p>",
        f"<ul><li><h3>Cook</h3><div class='closed'>{LINE}</div></li></ul>",
        f"<aside><h3>{LINE}</h3></aside>",
        f"<footer><h3>{LINE}</h3></footer>",
        f"<template><h3>{LINE}</h3></template>",
        f"<div hidden><h3>{LINE}</h3></div>",
        f"<div class='alert d-none'>{LINE}</div>",
        f"<div class='alert' style='display: none'>{LINE}</div>",
        f"<div aria-hidden='true'><h3>{LINE}</h3></div>",
        f"<script>const alert = '<h1>{LINE}</h1>'</script>",
        f"<h1>{LINE}</h1>" + "<br>" * 20_001,
    ],
)
def test_a_line_elsewhere_is_no_notice(page: str) -> None:
    assert closed_notice(page, "") is None


def test_what_the_posting_says_itself_is_no_notice() -> None:
    assert closed_notice(f"<h2>{LINE}</h2>", "Work with us.\nThis  job is\nclosed. No: it is open.") is None


@given(st.text())
def test_any_page_is_taken(text: str) -> None:
    assert closed_notice(f"<h1>{text}</h1><div class='alert'>{text}", text) is None
    asks_who_we_are(text)


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><title>Just a moment...</title>",
        "<title> Attention Required! | Cloudflare </title>",
        "<title>Access Denied</title>",
        "<title>Pardon Our Interruption</title>",
        "<script>window._cf_chl_opt={}</script>",
        "<script src='https://geo.captcha-delivery.com/captcha/'></script>",
        '<div id="px-captcha"></div>',
    ],
)
def test_a_question_is_no_page(page: str) -> None:
    assert asks_who_we_are(page)
    assert not asks_who_we_are(page + POSTING)  # whatever else it says, it is the page


@pytest.mark.parametrize(
    "page", ["", "<title>Careers</title>", "<title>Security check engineer</title>", "<p>captcha", "<title>"]
)
def test_a_page_is_no_question(page: str) -> None:
    assert not asks_who_we_are(page)
