"""Whatever is sent to any route, the answer is never a fault of the server, and is what the API's document says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tunewright.studio.routes import ROUTES
from tunewright.studio.teaching.trainings import Trainings

CHECKS = [not_a_server_error, response_schema_conformance]
EVERY_ROUTE = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(autouse=True)
def no_training_is_begun(monkeypatch):
    monkeypatch.setattr(Trainings, "_launch", lambda _trainings, _name: None)


@pytest.fixture(scope="module")
def api(quiet_server):
    return schemathesis.openapi.from_url(f"{quiet_server.url}/api/openapi.json")


def try_requests(api, route, mode, examples):
    path = route.path
    for kind in (":int", ":str", ":path"):
        path = path.replace(kind, "")
    answers = []

    @settings(
        max_examples=examples, suppress_health_check=list(HealthCheck), database=None, derandomize=True,
        phases=[Phase.generate],  # to shrink what fails takes minutes
    )  # fmt: skip
    @given(api[path][route.method].as_strategy(generation_mode=mode))
    def one(case):
        assume(len(str(case.query)) < 16_000)  # a longer address is refused before it is read
        answer = case.call(timeout=60)
        answers.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    one()
    assert answers


@EVERY_ROUTE
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_no_request_is_a_fault_of_the_server(api, route, mode):
    if mode is GenerationMode.NEGATIVE and route.request is None and not route.path_types:
        pytest.skip("nothing can be wrong in a request without values")
    try_requests(api, route, mode, 4)


@pytest.mark.slow
@EVERY_ROUTE
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_nor_is_any_of_many(api, route, mode):
    if mode is GenerationMode.NEGATIVE and route.request is None and not route.path_types:
        pytest.skip("nothing can be wrong in a request without values")
    try_requests(api, route, mode, 150)


def test_the_document_is_of_openapi_and_names_every_route(api):
    found = {(operation.ok().method.upper(), operation.ok().path) for operation in api.get_all_operations()}
    assert len(found) == len(ROUTES)
