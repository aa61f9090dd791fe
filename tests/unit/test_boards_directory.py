import pytest

from jobwire.boards.directory import WELL_KNOWN, Directory, parse_company, public_url
from jobwire.boards.registry import SYSTEMS, checked
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import InvalidInput, UnknownBoard

GREENHOUSE = BoardRef("greenhouse", "acme")
LEVER = BoardRef("lever", "acme")
LEVER_EU = BoardRef("lever-eu", "acme")
ASHBY = BoardRef("ashby", "acme")
SMART = BoardRef("smartrecruiters", "Acme1")
WORKDAY = BoardRef("workday", "acme.wd5/Careers_1")
NETFLIX = BoardRef("eightfold", "explore.jobs.netflix.net/netflix.com")
SLUGS = {
    "amazon": "amazon",
    "google": "google",
    "tiktok": "tiktok",
    "bytedance": "bytedance",
    "workday": "acme.wd5/Careers",
    "eightfold": "jobs.acme.example/acme.example",
}
"""Of systems where "acme" names no board."""


@pytest.mark.parametrize(
    ("address", "board"),
    [
        ("https://boards.greenhouse.io/acme", GREENHOUSE),
        ("boards.greenhouse.io/acme", GREENHOUSE),
        ("//boards.greenhouse.io/acme", GREENHOUSE),
        ("HTTPS://Boards.Greenhouse.IO/acme/jobs/123?gh_src=x", GREENHOUSE),
        ("https://job-boards.greenhouse.io/acme/jobs/123#app", GREENHOUSE),
        ("https://job-boards.eu.greenhouse.io/acme", GREENHOUSE),
        ("https://boards.greenhouse.io/embed/job_board?for=acme&b=https%3A%2F%2Fx.example", GREENHOUSE),
        ("boards.greenhouse.io/embed/job_board?for=acme", GREENHOUSE),
        ("https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true", GREENHOUSE),
        ("https://jobs.lever.co/acme", LEVER),
        ("jobs.lever.co/acme/fe2a8c69-49b7-405f-816c-a6c6f894399a/apply", LEVER),
        ("https://api.lever.co/v0/postings/acme?mode=json", LEVER),
        ("https://jobs.eu.lever.co/acme/", LEVER_EU),
        ("https://api.eu.lever.co/v0/postings/acme", LEVER_EU),
        ("https://jobs.ashbyhq.com/acme/09bb501c-e72d-4c9e-8df3-212ac53e69d9", ASHBY),
        ("https://jobs.ashbyhq.com/Deep%20Sea.ai", BoardRef("ashby", "Deep Sea.ai")),
        ("https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true", ASHBY),
        ("https://jobs.smartrecruiters.com/Acme1/744000138728139-data-science", SMART),
        ("https://careers.smartrecruiters.com/Acme1", SMART),
        ("https://jobs.smartrecruiters.com/oneclick-ui/company/Acme1/publication/x", SMART),
        ("https://api.smartrecruiters.com/v1/companies/Acme1/postings", SMART),
        ("https://www.jobs.lever.co:443/acme", LEVER),
        ("https://Acme.recruitee.com/o/senior-accountant", BoardRef("recruitee", "acme")),
        ("acme.recruitee.com", BoardRef("recruitee", "acme")),
        ("https://acme.recruitee.com/api/offers/", BoardRef("recruitee", "acme")),
        ("https://apply.workable.com/acme-inc/j/96051E9EDE/", BoardRef("workable", "acme-inc")),
        ("https://apply.workable.com/api/v1/widget/accounts/acme?details=true", BoardRef("workable", "acme")),
        ("https://acme.workable.com/jobs/123", BoardRef("workable", "acme")),
        ("https://career.teamtailor.com/jobs/7167985-account-executive", BoardRef("teamtailor", "career")),
        ("https://acme.na.teamtailor.com/jobs", BoardRef("teamtailor", "acme.na")),
        ("https://acme.jobs.personio.de/job/123?language=en", BoardRef("personio", "acme")),
        ("https://acme.jobs.personio.com/xml", BoardRef("personio-com", "acme")),
        ("https://acme.breezy.hr/p/98323abf2296-employee-12", BoardRef("breezy", "acme")),
        ("https://acme.wd5.myworkdayjobs.com/en-US/Careers_1/job/Berlin/Engineer_JR-1", WORKDAY),
        ("https://acme.wd5.myworkdayjobs.com/Careers_1", WORKDAY),
        ("https://acme.wd5.myworkdayjobs.com/de/Careers_1/", WORKDAY),
        ("https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers_1/jobs", WORKDAY),
        ("https://explore.jobs.netflix.net/careers/job/790315673635", NETFLIX),
        ("https://explore.jobs.netflix.net/careers?query=x&domain=netflix.com", NETFLIX),
        ("https://jobs.acme.example/careers?pid=1&domain=Acme.example", BoardRef("eightfold", SLUGS["eightfold"])),
        ("https://www.amazon.jobs/en/jobs/3059609/software-development-engineer", BoardRef("amazon", "amazon")),
        ("https://careers.google.com/jobs/results/", BoardRef("google", "google")),
        ("https://lifeattiktok.com/search/7123", BoardRef("tiktok", "tiktok")),
        ("https://careers.tiktok.com/position", BoardRef("tiktok", "tiktok")),
        ("https://joinbytedance.com/search/7123", BoardRef("bytedance", "bytedance")),
        ("https://jobs.bytedance.com/en/position", BoardRef("bytedance", "bytedance")),
        ("https://www.google.com/about/careers/applications/jobs/results/1-x", BoardRef("google", "google")),
        ("https://acme.eightfold.ai/?domain=acme.example", BoardRef("eightfold", "acme.eightfold.ai/acme.example")),
    ],
)
def test_a_careers_address_is_understood(address: str, board: BoardRef) -> None:
    assert parse_company(f"  {address} ") == (None, board)
    assert parse_company(f"Acme, Inc.={address}") == ("Acme, Inc.", board)


@pytest.mark.parametrize(
    ("line", "name", "board"),
    [
        ("acme=greenhouse:acme", "acme", GREENHOUSE),
        ("greenhouse:acme", None, GREENHOUSE),
        (" Acme = Greenhouse : acme ", "Acme", GREENHOUSE),
        ("Acme.com=lever:acme", "Acme.com", LEVER),
        ("ashby:Deep Sea.ai", None, BoardRef("ashby", "Deep Sea.ai")),
        ("a/b: c=lever-eu:acme", "a/b: c", LEVER_EU),
        ("stripe", "stripe", BoardRef("greenhouse", "stripe")),
        ("Palantir", "palantir", BoardRef("lever", "palantir")),
        ("mine=stripe", "mine", BoardRef("greenhouse", "stripe")),
        ("smartrecruiters:Acme1", None, SMART),
        ("recruitee:jobs.acme.example", None, BoardRef("recruitee", "jobs.acme.example")),
        ("acme=teamtailor:https://Jobs.Acme.example", "acme", BoardRef("teamtailor", "jobs.acme.example")),
        ("teamtailor:acme.na", None, BoardRef("teamtailor", "acme.na")),
        ("teamtailor:jobs.acme.na", None, BoardRef("teamtailor", "jobs.acme.na")),
        ("page:https://www.acme.example", None, BoardRef("page", "www.acme.example")),
        ("page:www.acme.example", None, BoardRef("page", "www.acme.example")),
        ("acme=page:acme.example/en/jobs.html", "acme", BoardRef("page", "acme.example/en/jobs.html")),
    ],
)
def test_a_line_is_understood(line: str, name: str | None, board: BoardRef) -> None:
    assert parse_company(line) == (name, board)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nosuchcompany", "board:slug"),
        ("taleo:acme", f"Known are {', '.join(SYSTEMS)}: write"),
        ("acme=taleo:acme", 'called "taleo"'),
        ("https://www.recruitee.com/pricing", "names no company"),
        ("https://app.recruitee.com", "names no company"),
        ("https://a.b.recruitee.com", "cannot be the name"),
        ("https://apply.workable.com/j/96051E9EDE", "names no company"),
        ("https://apply.workable.com", "names no company"),
        ("https://acme.wd5.myworkdayjobs.com", "names no company"),
        ("https://acme.wd5.myworkdayjobs.com/en-US", "names no company"),
        ("https://acme.myworkdayjobs.com/Careers", "cannot be the name"),
        ("https://acme.eightfold.ai/careers", "names no company"),
        ("https://www.google.com/search?q=jobs", "names no company"),
        ("amazon:aws", "cannot be the name"),
        ("greenhouse:a/b", "https://job-boards.greenhouse.io/…"),
        ("workday:acme", "cannot be the name"),
        ("recruitee:acme.evil.example/", "cannot be the name"),
        ("recruitee:acme#", "cannot be the name"),
        ("recruitee:acme@evil", "cannot be the name"),
        ("recruitee:-acme", "cannot be the name"),
        ("recruitee:127.0.0.1", "cannot be the name"),
        ("recruitee:jobs.acme.example/o/cook", "cannot be the name"),
        ("recruitee:jobs.acme.example:8080", "cannot be the name"),
        ("recruitee:acme.recruitee.com", "cannot be the name"),
        ("recruitee:recruitee.com", "cannot be the name"),
        ("teamtailor:acme.na.teamtailor.com", "cannot be the name"),
        ("teamtailor:localhost.", "cannot be the name"),
        ("breezy:127.0.0.1", "cannot be the name"),
        ("workday:127.0.0.1:80/x", "cannot be the name"),
        ("workday:acme.wd5/../x", "cannot be the name"),
        ("workday:acme.wd5:8080/x", "cannot be the name"),
        ("page:127.0.0.1/jobs", "cannot be the name"),
        ("page:[::1]/jobs", "cannot be the name"),
        ("page:localhost", "cannot be the name"),
        ("page:acme.example:8080/jobs", "cannot be the name"),
        ("page:acme.example/jobs?x", "cannot be the name"),
        ("page:http://acme.example/jobs", "cannot be the name"),
        ("eightfold:127.0.0.1/acme.com", "cannot be the name"),
        ("eightfold:localhost/acme.com", "cannot be the name"),
        ("eightfold:2130706433/acme.com", "cannot be the name"),
        ("eightfold:acme.com:22/acme.com", "cannot be the name"),
        ("eightfold:u@acme.com/acme.com", "cannot be the name"),
        ("https://www.acme.example/careers", "acme.example"),
        ("acme.example", "acme.example"),
        ("https://boards.greenhouse.io", "names no company"),
        ("https://boards.greenhouse.io/embed/job_board", "names no company"),
        ("https://boards-api.greenhouse.io/v2/acme", "names no company"),
        ("greenhouse:", "cannot be the name"),
        ("greenhouse:a/b", "cannot be the name"),
        ("greenhouse:../admin", "cannot be the name"),
        ("greenhouse:a?b", "cannot be the name"),
        ("greenhouse:ac me", "cannot be the name"),
        ("greenhouse:acme\x00", "cannot be the name"),
        ("lever:..", "cannot be the name"),
        ("ashby:..", "cannot be the name"),
        ("ashby:a/b", "cannot be the name"),
        ("https://jobs.ashbyhq.com/a%2Fb", "cannot be the name"),
        ("https://jobs.ashbyhq.com/%00", "cannot be the name"),
        ("smartrecruiters:" + "x" * 101, "cannot be the name"),
    ],
)
def test_an_unknown_board_is_refused_with_what_to_do(line: str, says: str) -> None:
    with pytest.raises(UnknownBoard) as caught:
        parse_company(line)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "=greenhouse:acme",
        "ftp://boards.greenhouse.io/acme",
        "https://u:p@boards.greenhouse.io/acme",
        "https://[::1/acme",
        "javascript://boards.greenhouse.io/acme",
        "x" * 5_000,
        "a\nb=greenhouse:acme",
    ],
)
def test_what_cannot_be_understood_is_refused(line: str) -> None:
    with pytest.raises(InvalidInput):
        parse_company(line)


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_well_known_companies_have_possible_boards(name: str) -> None:
    assert checked(WELL_KNOWN[name]) == WELL_KNOWN[name]
    assert parse_company(name) == (name, WELL_KNOWN[name])


@pytest.mark.parametrize(
    "name", [name for name in SYSTEMS if name != "page"]
)  # a page could be anybody's: it has to be asked for
def test_a_public_page_leads_back_to_its_board(name: str) -> None:
    board = BoardRef(name, SLUGS.get(name, "acme"))

    assert parse_company(public_url(board)) == (None, board)
    assert parse_company(str(board)) == (None, board)


def test_what_is_offered_can_be_reached() -> None:
    assert ("stripe", BoardRef("greenhouse", "stripe")) in Directory().well_known()
    assert Directory().made_up() == []
    demo = Directory(["Señal Norte=greenhouse:SenalNorte"], {"greenhouse": "http://127.0.0.1:9000"})
    assert demo.made_up() == [("Señal Norte", BoardRef("greenhouse", "SenalNorte"))]
    assert {board.system for _, board in demo.well_known()}.isdisjoint({"greenhouse"})
    assert demo.well_known()


def test_boards_of_two_systems_may_be_known_by_their_companies_own_hosts() -> None:
    systems = {
        system for system in SYSTEMS if Directory().may_have_own_host(BoardRef(system, SLUGS.get(system, "acme")))
    }
    assert systems == {"recruitee", "teamtailor"}
