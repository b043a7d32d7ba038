"""Every route against generated calls, good and bad, under all of schemathesis's checks.

FIRSTFIVE_LONG=1: 1,000 examples a route.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from firstfive.app.wiring import open_project
from firstfive.server.app import API
from firstfive.server.openapi import document
from firstfive.testing.clients import Served, served

EXAMPLES = 1000 if os.environ.get("FIRSTFIVE_LONG") == "1" else 25
NO_LIMITS = ("server.rate_per_minute=0", "server.page_rate_per_minute=0", "server.max_body_kb=65536")

countries = st.sampled_from(["DE", "US", "SE", "PL"])
staff = st.integers(0, 500)
schemathesis.openapi.format("firstfive-request", st.text().map("a {}".format))
schemathesis.openapi.format(
    "firstfive-filter",
    st.one_of(
        st.just(""),
        st.builds("country = {}".format, countries),
        st.builds("employees >= {} and not country = {}".format, staff, countries),
    ),
)
schema = schemathesis.openapi.from_dict(document(API))


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("schemathesis") / "world")
    with open_project(folder, overrides=NO_LIMITS, environment={}) as project, served(project) as running:
        yield running


@schema.auth()
class Keyed:
    """Every call carries the operator's key, but where a check leaves it out."""

    secret = ""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:  # noqa: ARG002
        return self.secret

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:  # noqa: ARG002
        case.headers["X-API-Key"] = data


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_what_it_documents(case: schemathesis.Case[Any], server: Served) -> None:
    Keyed.secret = server.operator
    case.call_and_validate(base_url=server.url)
