"""Facts are tried on AWS only by those who ask for it."""

from __future__ import annotations


def pytest_collection_modifyitems(config, items):
    """Leave out what is for AWS, unless the command line asks for the marker."""
    if config.getoption("markexpr") != "aws":
        left_out = [item for item in items if item.get_closest_marker("aws") is not None]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
