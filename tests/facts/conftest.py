"""Tests on AWS run only if the command line selects them."""

from __future__ import annotations


def pytest_collection_modifyitems(config, items):
    """Deselect tests with the marker ``aws``, unless the command line selects the marker."""
    if config.getoption("markexpr") != "aws":
        left_out = [item for item in items if item.get_closest_marker("aws") is not None]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
