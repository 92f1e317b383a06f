"""What moto's interpreter leaves out where a Task calls a service: how AWS spells names, and tells of failures.

And where calls go: to whatever answers the calls of the test itself.

In a definition all names begin with a capital, as ``StateMachineArn``. Not all services have them so, Step Functions
itself has ``stateMachineArn``; the interpreter hands names on as they are, and could call no such service.

Importing this room takes what ``moto[stepfunctions]`` installs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore import xform_name
from moto.core.models import botocore_stubber
from moto.core.utils import get_service_model
from moto.stepfunctions.parser.asl.component.component import Component
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.utils import boto_client

from sfn_mock.operations import execution_mode


def complete(program: object) -> None:
    """Have each Task of ``program`` that calls a service call it as AWS does."""
    for task in _service_tasks(program):
        _Spelling(task)
        if isinstance(task, StateTaskServiceAwsSdk):
            _Failures(task)


def _service_tasks(program: object) -> Iterator[Any]:
    """Also those within Map and Parallel states."""
    seen: set[int] = set()
    waiting = [program]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, StateTaskService):
            yield part
        if isinstance(part, Component):
            waiting += vars(part).values()
        elif isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


class _Stubber:
    """What the interpreter asks whether calls are intercepted; otherwise it sends them to a server on this machine.

    Without ``mock_aws`` the active mock intercepts them: Step Functions answers, and others are refused by name.
    """

    @property
    def enabled(self) -> bool:
        return botocore_stubber.enabled or execution_mode.is_switched_on()


boto_client.botocore_stubber = _Stubber()  # type: ignore[assignment, attr-defined]  # all that is asked of it there


class _Spelling:
    """Takes the names of requests and answers from the definition's spelling to the service's, and back."""

    def __init__(self, task: Any) -> None:
        self._task = task
        # Some kinds of Task have something of their own to put right: before names are the service's, or after.
        self._prepare = task._normalise_parameters
        self._complete = task._normalise_response
        task._normalise_parameters = self.of_request
        task._normalise_response = self.of_response

    def of_request(self, parameters: dict[str, Any], *of: str | None, **operation: str | None) -> None:
        self._prepare(parameters, *of, **operation)
        self._respell(self._task._to_boto_request, parameters, "input_shape", *of, **operation)

    def of_response(self, response: Any, *of: str | None, **operation: str | None) -> None:
        self._respell(self._task._from_boto_response, response, "output_shape", *of, **operation)
        self._complete(response, *of, **operation)

    def _respell(
        self,
        respell: Any,
        members: Any,
        side: str,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        service = self._task._get_boto_service_name(boto_service_name)
        action = self._task._get_boto_service_action(service_action_name)
        model = get_service_model(service)
        for operation in model.operation_names:
            if (
                xform_name(operation) == action
                and (shape := getattr(model.operation_model(operation), side)) is not None
            ):
                respell(members, shape)


class _Failures:
    """Tells of a failure of an SDK's call what AWS adds to it."""

    def __init__(self, task: Any) -> None:
        self._event_of = task._get_task_failure_event
        task._get_task_failure_event = self.event

    def event(self, env: Any, error: str, cause: str) -> Any:
        return self._event_of(env, error, f"{cause} (SDK Attempt Count: 1)")
