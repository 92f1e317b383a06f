"""Handlers that replace Lambda functions: called instead of boto3's client, with Lambda's answers and errors."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_OID, uuid3

from sfn_mock.asl.host import TaskCall
from sfn_mock.asl.resources import ResourceError, ResourceKind, parse_resource
from sfn_mock.asl.texts import utf8
from sfn_mock.instruments.guard import UnmockedServiceError
from sfn_mock.integrations.lambda_functions import function_error, invocation_metadata, parse_function
from sfn_mock.state import clock
from sfn_mock.state.nesting import NestingError
from sfn_mock.state.records import Records
from sfn_mock.state.task_mocks import LATEST, Handler, Invocation, TaskError

#: The longest duration of a function, in milliseconds (Lambda's quotas).
_TIMEOUT = 15 * 60 * 1000
_MEMORY = 128


@dataclass(frozen=True)
class LambdaContext:
    """The context of a handler, with the attributes of Lambda's Python runtime."""

    aws_request_id: str
    function_name: str
    function_version: str
    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str
    memory_limit_in_mb: int = _MEMORY
    client_context: None = None
    identity: None = None
    _since: int = field(default_factory=clock.test_time)

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining milliseconds of the function, by the test's clock."""
        return max(0, _TIMEOUT - (clock.test_time() - self._since))


class MockedFunction:
    """Invokes the handler that replaces the function of a task, as boto3's Lambda client invokes a function."""

    def __init__(self, handler: Handler, function: Invocation, call: TaskCall, records: Records) -> None:
        self._handler = handler
        self._call = call
        self._request_id = str(uuid3(NAMESPACE_OID, call.token))
        qualifier = function.qualifier or LATEST
        self._version = qualifier if qualifier.isdecimal() else LATEST
        self._context = self._new_context(function, records)

    def _new_context(self, function: Invocation, records: Records) -> LambdaContext:
        resource = self._call.resource
        region, account_id = resource.region or records.region, resource.account_id or records.account_id
        arn = f"arn:{records.partition}:lambda:{region}:{account_id}:function:{function.name}"
        day = clock.to_datetime(self._call.moment).strftime("%Y/%m/%d")
        return LambdaContext(
            aws_request_id=self._request_id,
            function_name=function.name,
            function_version=self._version,
            invoked_function_arn=arn if function.qualifier is None else f"{arn}:{function.qualifier}",
            log_group_name=f"/aws/lambda/{function.name}",
            log_stream_name=f"{day}/[{self._version}]{self._request_id.replace('-', '')}",
        )

    def invoke(self, **request: Any) -> dict[str, Any]:
        """Answer Lambda's Invoke.

        Raises:
            UnmockedServiceError: If the handler calls a service that is not mocked.
            NestingError: If the handler starts executions that start one another without end.
        """
        kind = request.get("InvocationType", "RequestResponse")
        if kind == "DryRun":
            return self._answer(204, "")
        text, failed = self._run(json.loads(request.get("Payload") or b"{}"))
        if kind == "Event":
            # The result of an asynchronous invocation is discarded.
            return self._answer(202, "")
        answer = self._answer(200, text)
        return {**answer, "FunctionError": "Unhandled"} if failed else answer

    def _run(self, event: Any) -> tuple[str, bool]:
        """Run the handler; return its answer, and whether that is an error."""
        try:
            result = self._handler(event, self._context)
        except (UnmockedServiceError, NestingError):
            raise
        except Exception as error:  # Lambda answers every exception of its function
            frames = traceback.extract_tb(error.__traceback__)[1:]
            name, message = type(error).__name__, str(error)
            if isinstance(error, TaskError):
                name, message = error.error, error.cause or ""
            return self._error(name, message, [_line(frame) for frame in frames]), True
        try:
            return json.dumps(result, allow_nan=False), False
        except (TypeError, ValueError, RecursionError) as error:
            return self._error("Runtime.MarshalError", f"Unable to marshal response: {error}", []), True

    def _error(self, error_type: str, message: str, stack_trace: list[str]) -> str:
        error = function_error(error_type, message, request_id=self._request_id, stack_trace=stack_trace)
        assert error.cause is not None, "an error of a function has a cause"
        return error.cause

    def _answer(self, status: int, payload: str) -> dict[str, Any]:
        metadata = invocation_metadata(
            payload,
            request_id=self._request_id,
            moment=clock.to_datetime(self._call.moment),
            executed_version=self._version,
        )
        return {
            "StatusCode": status,
            "ExecutedVersion": self._version,
            "Payload": BytesIO(utf8(payload)),
            "ResponseMetadata": {**metadata, "HTTPStatusCode": status},
        }


def invoked_function(call: TaskCall) -> Invocation | None:
    """Return the Lambda function that a task invokes, None for a task that invokes none."""
    resource, qualifier = call.resource, None
    if resource.kind is ResourceKind.LAMBDA_FUNCTION:
        parsed = parse_function(resource.action)
    elif resource.is_service and (resource.service, resource.action) == ("lambda", "invoke"):
        parameters = call.parameters if isinstance(call.parameters, dict) else {}
        parsed, qualifier = parse_function(parameters.get("FunctionName")), parameters.get("Qualifier")
    else:
        return None
    return None if parsed is None else Invocation(parsed[0], parsed[1] or qualifier)


def invoke_by_event(records: Records, arn: str, event: str, moment: int) -> bool:
    """Invoke the handler of a function as EventBridge does, which waits for no result; return whether there is one.

    The event is JSON text, sent at the moment.
    """
    try:
        resource = parse_resource(arn)
    except ResourceError:
        return False
    call = TaskCall("", resource, None, f"{arn}#{event}", moment, 0, {}, None, None, None)
    function = invoked_function(call)
    handler = None if function is None else records.task_mocks.find_handler(function)
    if function is None or handler is None:
        return False
    with clock.at(moment):
        MockedFunction(handler, function, call, records).invoke(InvocationType="Event", Payload=event)
    return True


def _line(frame: traceback.FrameSummary) -> str:
    return f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
