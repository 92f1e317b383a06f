"""Whether the definitions of started executions are run.

``mock_sfn_executions(execute=True)`` asks for it, or ``mock_aws(config={"stepfunctions": {"execute_state_machine":
True}})``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto.core.config import default_user_config

_switched_on = False


@contextmanager
def switched_on() -> Iterator[None]:
    """Run the definitions of what is started meanwhile, however ``mock_aws`` is configured."""
    global _switched_on
    _switched_on = True
    try:
        yield
    finally:
        _switched_on = False


def is_on() -> bool:
    """Return whether the active mock, or ``mock_aws``, asks for it."""
    return _switched_on or bool(default_user_config.get("stepfunctions", {}).get("execute_state_machine"))


def check_on(caller: str) -> None:
    """Raise ValueError, naming who asks, unless definitions are run."""
    if not is_on():
        raise ValueError(
            f"{caller} needs a mock that runs definitions: use mock_sfn_executions(execute=True), or "
            f"@pytest.mark.sfn_executions(execute=True) for the fixture."
        )
