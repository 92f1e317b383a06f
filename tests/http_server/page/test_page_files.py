"""The files of the page as a server sends them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
import urllib3

import sfn_mock

HTTP = urllib3.PoolManager()
PAGE_FILES = files("sfn_mock.http_server").joinpath("page_files")
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@pytest.fixture(scope="module")
def sfn():
    with sfn_mock.server() as sfn:
        yield sfn


# --- The files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(path.name for path in PAGE_FILES.iterdir()))
def test_each_file_is_served_and_asks_for_no_other_host(sfn, file):
    """A file has its type and Content-Security-Policy, and names no other host."""
    response = HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/{file}")
    text = response.data.decode()

    assert (response.status, response.headers["Content-Type"]) == (
        200,
        {
            "css": "text/css; charset=utf-8",
            "html": "text/html; charset=utf-8",
            "js": "text/javascript; charset=utf-8",
            "svg": "image/svg+xml",
        }[file.rpartition(".")[2]],
    )
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert set(re.findall(r"(?:https?:)?//[a-z][\w.]+", text)) <= {"http://www.w3.org"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|style=", text)


def test_requested_files_exist(sfn):
    """All files that the page and its modules name are served."""
    names = {
        name
        for file in PAGE_FILES.iterdir()
        for name in re.findall(r"/sfn-mock/page/([\w.]+)", file.read_text(encoding="utf-8"))
    }

    assert {"app.js", "icon.svg", "style.css"} < names
    assert {HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/{name}").status for name in names} == {200}


def test_missing_file(sfn):
    """A missing file is a 404 with one sentence."""
    response = HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/nothing.js")

    assert (response.status, response.json()) == (404, {"message": "The page has no file 'nothing.js'."})


def test_browsers_get_it_at_the_root(sfn):
    """The page is at the root, and its requests are not among the calls."""
    response = HTTP.request("GET", sfn.endpoint_url, headers={"Accept": "text/html"})

    assert b'<script type="module" src="/sfn-mock/page/app.js"></script>' in response.data
    assert response.headers["Content-Security-Policy"] == POLICY


# --- The documentation of the page -----------------------------------------------------------------------------------

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)\s]+)\)", (DOCS / "page.md").read_text(encoding="utf-8")))
def test_links_and_pictures_of_the_page_exist(target):
    """Each picture and link of docs/page.md exists, and no picture is too large."""
    path = DOCS / target.partition("#")[0]

    assert path.exists()
    assert path.suffix != ".png" or path.stat().st_size < 150_000
