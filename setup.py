"""Build the long description from README.md, which setup.cfg cannot; all other metadata are in setup.cfg."""

import re
from pathlib import Path

from setuptools import setup

# A package index resolves no link into the repository, which has no public address yet: such a link stays as its text.
_LINK_INTO_REPOSITORY = re.compile(r"!?\[([^\]]*)\]\((?!https?://|#)[^)\s]+\)")

readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
setup(
    long_description=_LINK_INTO_REPOSITORY.sub(r"\1", readme),
    long_description_content_type="text/markdown",
)
