"""Studies are found, told and drawn; the paper of one that was really trained is written and handed out."""

import shutil
import time

import pytest
from planted_studies import PLAN, falling, plant_study

from tunewright.study.results.comparisons import answer
from tunewright.study.results.measures import setting_mean
from tunewright.study.results.study_results import read_results

TITLE = "A planted study: <b>#1</b> & more"


@pytest.fixture(scope="module")
def runs_folder(tmp_path_factory):
    """A folder with a study whose last run is missing, and one with a plan that is damaged."""
    folder = tmp_path_factory.mktemp("work") / "runs"
    plant_study(
        folder / "cells" / "first",
        PLAN.replace("A planted study", TITLE),
        lambda run: None if run.network.dropout == 0.3 and run.seed == 2 else falling(run),
    )
    (folder / "broken" / "runs").mkdir(parents=True)
    (folder / "broken" / "plan.toml").write_text("title = \n", encoding="utf-8")
    (folder / "notes").mkdir()
    return folder


@pytest.fixture(scope="module")
def studio_server(studio_in, runs_folder, tmp_path_factory):
    return studio_in(tmp_path_factory.mktemp("data"), studies=(runs_folder,))


NAME = "runs~cells~first"


def test_studies_are_found(studio_server, runs_folder):
    listed = studio_server.client.get("/api/studies").json()
    assert str(runs_folder) in listed["folders"]
    found = {each["name"]: each for each in listed["studies"]}
    assert set(found) == {NAME, "runs~broken"}
    assert found[NAME]["title"] == TITLE
    assert (found[NAME]["finished"], found[NAME]["failed"]) == (found[NAME]["runs"] - 1, 0)
    assert "plan.toml" in found["runs~broken"]["problem"]


def test_its_numbers_are_those_of_the_library(studio_server, runs_folder):
    told = studio_server.client.get(f"/api/studies/{NAME}").json()
    results = read_results(runs_folder / "cells" / "first")
    assert [each["name"] for each in told["settings"]] == [setting.name for setting in results.settings]
    for each in told["settings"]:
        mean = setting_mean(results, each["name"])
        assert each["loss"] == pytest.approx(mean.value) and each["half_width"] == pytest.approx(mean.half_width)
        last = [run.history[-1].validation(run.protocol) for run in results.of(each["name"])]
        assert each["curve"][-1][1] == pytest.approx(sum(last) / len(last))
    for each, question in zip(told["questions"], results.plan.questions, strict=True):
        given = answer(results, question)
        assert each["sentences"] == [comparison.in_words for comparison in given.comparisons]
        assert each["lowest"] == given.lowest
    assert len(told["runs"]) == len(results.runs)
    assert told["missing"] == [run.name for run in results.missing] and len(told["missing"]) == 1


@pytest.mark.parametrize("figure", ["question-1", "speed", "sizes"])
def test_figures_are_drawn(studio_server, figure):
    answer = studio_server.client.get(f"/api/studies/{NAME}/figures/{figure}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in answer.content and answer.content.count(b"<path") > 10


@pytest.mark.parametrize("path", ["x", "..", "runs~cells", f"{NAME}/figures/question-9", f"{NAME}/figures/x", "%2e%2e"])
def test_what_is_not_there_is_not_there(studio_server, path):
    assert studio_server.client.get(f"/api/studies/{path}").status_code == 404


def test_a_study_that_is_damaged_says_how(studio_server):
    answer = studio_server.client.get("/api/studies/runs~broken")
    assert answer.status_code == 400 and "TOML" in answer.json()["error"]


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_page_of_a_study(open_page, studio_server, width):
    page = open_page("/studies", width=width)
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("heading", name="Which dropout?").wait_for()
    told = studio_server.client.get(f"/api/studies/{NAME}").json()
    for sentence in told["questions"][0]["sentences"]:
        assert page.get_by_text(sentence).count() == 1
    assert page.locator(".study-table tbody tr").first.inner_text().startswith(told["settings"][0]["name"])
    page.locator(".chart > svg .chart-line").first.wait_for()
    picture = page.locator(".study-figure img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    limit = time.monotonic() + 20
    while not picture.evaluate("image => image.complete && image.naturalWidth"):
        assert time.monotonic() < limit
        page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_study_the_page_says_how_to_begin(open_page, monkeypatch):
    monkeypatch.setattr("tunewright.studio.results.found_studies.FoundStudies.all", lambda _found: {})
    page = open_page("/studies")
    page.get_by_text("No study yet").wait_for()
    page.get_by_text("tunewright study run").wait_for()


@pytest.mark.slow
def test_the_paper_is_written_and_handed_out(open_page, studio_server, small_study, runs_folder):
    shutil.copytree(small_study, runs_folder / "real")
    page = open_page("/studies?study=runs~real")
    assert studio_server.client.get("/api/studies/runs~real/paper").status_code == 404
    page.get_by_role("button", name="Write the paper").click()
    page.get_by_role("link", name="PDF").wait_for(timeout=600_000)
    for form, signature in (("pdf", b"%PDF"), ("html", b"<!"), ("docx", b"PK")):
        answer = studio_server.client.get("/api/studies/runs~real/paper", params={"format": form})
        assert answer.content.startswith(signature)
        assert answer.headers["content-disposition"] == f'attachment; filename="real.{form}"'
