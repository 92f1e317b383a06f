"""The page at the server's root, and its files."""

from __future__ import annotations

from importlib.resources import files

#: The file of the page itself.
ROOT = "index.html"
_CONTENT_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def page(path: str) -> tuple[bytes, str]:
    """Return the bytes and the content type of the page's file ``path``; LookupError where it has no such file."""
    for file in files("sfn_mock.http_server").joinpath("page_files").iterdir():
        if file.name == path:
            return file.read_bytes(), _CONTENT_TYPES[path.rpartition(".")[2]]
    raise LookupError(f"The page has no file {path!r}.")
