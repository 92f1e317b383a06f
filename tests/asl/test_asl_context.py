"""The context object."""

import pytest

from sfn_mock.asl.context import format_moment


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000Z", id="first"),
        pytest.param(1_768_014_000_007, "2026-01-10T03:00:00.007Z", id="milliseconds"),
        pytest.param(1_768_014_059_999, "2026-01-10T03:00:59.999Z", id="last of a second"),
    ],
)
def test_moments_have_milliseconds(moment: int, text: str) -> None:
    """The moments of the context object are UTC with milliseconds."""
    assert format_moment(moment) == text
