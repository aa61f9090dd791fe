"""The real answers that the connectors must read. They are no part of the project: tests skip where they are absent."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"

BOARDS = {
    "greenhouse/catawiki_content_true_2025-10-26.json": "greenhouse:catawiki",
    "greenhouse/stripe_content_2jobs.json": "greenhouse:stripe",
    "lever/idealist_2jobs.json": "lever:idealistconsulting",
    "lever/palantir_2jobs.json": "lever:palantir",
    "ashby/linear_2jobs.json": "ashby:linear",
    "ashby/lcarlini_3jobs.json": "ashby:truelogic",
    "smartrecruiters/hirevue_list.json": "smartrecruiters:HireVue",
}
MORE_BOARDS = {
    "recruitee/careerkit_2offers.json": "recruitee:acme",
    "workable/crewai_widget_details.json": "workable:crewai",
    "teamtailor/teamtailor_jsonfeed.json": "teamtailor:career",
    "breezy/breezy_board_2jobs.json": "breezy:breezy",
    "workday/workday_list.json": "workday:workday.wd5/Workday",
    "netflix/netflix_v2_list_trimmed.json": "eightfold:explore.jobs.netflix.net/netflix.com",
    "amazon/search_json_trimmed_2jobs.json": "amazon:amazon",
}
"""Of systems that came later: most of their companies have hosts of their own."""
MORE_DETAILS = {
    "workday/workday_detail.json": "workday:workday.wd5/Workday",
    "netflix/netflix_v2_detail_trimmed.json": "eightfold:explore.jobs.netflix.net/netflix.com",
}
DETAIL = "smartrecruiters/hirevue_detail.json"


def sample(name: str) -> bytes:
    """A sample's bytes; skips the test where there are none."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the samples are not on this machine")
    return path.read_bytes()
