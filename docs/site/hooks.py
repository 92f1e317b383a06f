"""Add to mkdocs: pages from outside docs/, examples as pages, and checks of the built site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

import sfn_mock

ROOT = Path(__file__).parents[2]

#: The files outside docs/ that are pages of the site, too.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
    "examples/README.md": "examples/index.md",
    **{f"examples/{path.name}": f"examples/{path.stem}.md" for path in sorted(ROOT.glob("examples/*.[jpy]*"))},
}
_SOURCE_OF = {page: source for source, page in PAGES.items()}
_LANGUAGES = {".py": "python", ".json": "json", ".yaml": "yaml"}

#: A link or an image of Markdown that leads to neither another site nor a heading of the same page.
_RELATIVE_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\((?P<target>(?!https?:|#)[^)\s]+)\)")

#: What a browser would fetch from another site to show a page.
_OUTSIDE = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc="?(?:https?:)?//[^>]*>"""
    r"""|<link\b[^>]*\brel="?(?:stylesheet|preconnect|icon|preload)[^>]*href="?(?:https?:)?//[^>]*>"""
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages whose files lie outside docs/."""
    for source, page in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        language = _LANGUAGES.get(Path(source).suffix)
        if language:
            text = f"# {Path(source).name}\n\n```{language}\n{text}```\n"
        inclusion = InclusionLevel.NOT_IN_NAV if language else InclusionLevel.INCLUDED
        files.append(File.generated(config, page, content=text, inclusion=inclusion))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point each relative link to a page of the site or, if its address is known, to a file in the repository."""
    own = page.file.src_uri
    source = _SOURCE_OF.get(own, f"docs/{own}")

    def on_site(link: re.Match[str]) -> str:
        path, _, anchor = link["target"].partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        target = PAGES.get(file) or (file.removeprefix("docs/") if file.startswith("docs/") else None)
        if target and _is_built(files.get_file_from_path(target)):
            target = posixpath.relpath(target, posixpath.dirname(own) or ".")
        elif not (ROOT / file).exists():
            raise PluginError(f"{source}: no file {link['target']}, which a link leads to.")
        elif config.repo_url:
            target = f"{config.repo_url.rstrip('/')}/blob/main/{file}"
        else:
            return link["text"]
        return link[0].replace(f"]({link['target']})", f"]({target}{'#' * bool(anchor)}{anchor})")

    return _RELATIVE_LINK.sub(on_site, markdown)


def _is_built(file: File | None) -> bool:
    return file is not None and file.inclusion.is_included()


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Refuse a reference in which a public name, or an attribute of a public class, is missing."""
    if page.file.src_uri == "reference.md":
        missing = sorted(name for name in _public_names() if f'id="sfn_mock.{name}"' not in html)
        if missing:
            raise PluginError(f"reference.md lacks {', '.join(missing)}.")
    return html


def _public_names() -> set[str]:
    """Return the public names of the package, and ``Class.attribute`` for what its classes define."""
    names = {name for name in dir(sfn_mock) if not name.startswith("_")}
    for name in sorted(names):
        classes = getattr(getattr(sfn_mock, name), "__mro__", ())
        own = {attribute for kind in classes if kind.__module__.startswith("sfn_mock.") for attribute in vars(kind)}
        offered = {attribute for attribute in dir(getattr(sfn_mock, name)) if not attribute.startswith("_")}
        names |= {f"{name}.{attribute}" for attribute in own & offered}
    return names


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Refuse a page that needs another site to be shown."""
    outside = _OUTSIDE.search(output)
    if outside:
        raise PluginError(f"{page.file.src_uri} fetches something from another site: {outside[0]}")
    return output
