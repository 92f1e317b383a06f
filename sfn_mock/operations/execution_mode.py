"""Whether the definitions of started executions run.

They run under ``mock_sfn_executions(execute=True)``, and under ``mock_aws(config={"stepfunctions":
{"execute_state_machine": True}})``.
"""

from __future__ import annotations

from moto.core.config import default_user_config

from sfn_mock import active_mock


def is_on() -> bool:
    """Return whether definitions run."""
    session = active_mock.session()
    if session is not None and session.executes:
        return True
    return bool(default_user_config.get("stepfunctions", {}).get("execute_state_machine"))


def check_on(caller: str) -> None:
    """Raise ValueError, which names the caller, unless definitions run."""
    if not is_on():
        raise ValueError(
            f"cannot use {caller}(): this mock does not run definitions; use mock_sfn_executions(execute=True), or "
            f"@pytest.mark.sfn_executions(execute=True) for the fixture, instead."
        )
