"""What is outside the records of a run: services that its tasks call by boto3, and items and results in S3."""

from __future__ import annotations

import csv
import json
from functools import partial
from io import StringIO
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from moto.core.models import botocore_stubber

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, Pending, ReadRequest, TaskAnswer, TaskCall, WriteRequest
from sfn_mock.asl.resources import Resource, ResourceKind
from sfn_mock.instruments.guard import UnmockedServiceError, unmocked_task
from sfn_mock.integrations.operations import ClientFactory
from sfn_mock.integrations.service_calls import Caller, check_parameters
from sfn_mock.integrations.tasks import answer_task, poll_task
from sfn_mock.operations.mocked_functions import MockedFunction, invoked_function
from sfn_mock.state import clock
from sfn_mock.state.executions import Execution
from sfn_mock.state.runs import Poll
from sfn_mock.state.task_mocks import CaseRun

#: What S3 or the object itself may have wrong; that nothing mocks S3 is told to the test's author instead.
_FAULTS = (BotoCoreError, ClientError, ValueError, LookupError, TypeError, csv.Error)


class ServicesOfMocks:
    """Answers tasks as the test says, calls Step Functions on the mock itself, and other services of ``mock_aws``.

    Args:
        case: The test case of a mock config that the execution was started with.
    """

    def __init__(self, case: CaseRun | None = None) -> None:
        self._case = case

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what AWS says is wrong with the parameters of a task."""
        return check_parameters(resource, parameters)

    def start_task(self, execution: Execution, call: TaskCall) -> tuple[TaskAnswer, Poll | None]:
        """Do a task, at the moment at which it is due. The first of these that applies answers it:

        `mock_task`, the case of a mock config, `mock_lambda`, Step Functions, a worker of the activity, a service of
        ``mock_aws``.

        Raises:
            UnmockedServiceError: If nothing answers the task.
            Exception: What a callable of the test raises, other than a TaskError.
        """
        mocks, resource = execution.owner.records.task_mocks, call.resource
        with clock.at(call.moment):
            if (mock := mocks.find(execution.state_machine, call)) is not None:
                return mock.answer(execution, call), None
            if self._case is not None and (answer := self._case.answer(call)) is not None:
                return answer, None
            function = invoked_function(call)
            if function is not None and (handler := mocks.find_handler(function)) is not None:
                return _call_service(execution, call, MockedFunction(handler, function, call, execution))
            if resource.service in ("states", "sfn") and resource.is_service:
                return _call_service(execution, call)
            if resource.kind is ResourceKind.ACTIVITY:
                return Pending(is_started=False), None
            if botocore_stubber.enabled:
                return _call_service(execution, call)
        raise _unmocked(execution, call)

    def read_items(self, execution: Execution, request: ReadRequest) -> list[Any]:
        """Read the items of a distributed Map state out of S3: an object of JSON, JSONL or CSV, or a list of objects.

        Raises:
            StateError: States.ItemReaderFailed, with S3's sentence.
        """
        s3 = boto3.client("s3", region_name=execution.owner.records.region)
        limit = request.config.get("MaxItems") or None
        try:
            if request.resource.endswith(":s3:listObjectsV2"):
                pages = s3.get_paginator("list_objects_v2").paginate(**request.parameters)
                found = [_listed(item) for page in pages for item in page.get("Contents", ())]
                return found[:limit]
            body = s3.get_object(**request.parameters)["Body"].read().decode()
            return _items(body, request.config)[:limit]
        except _FAULTS as error:
            raise StateError("States.ItemReaderFailed", str(error)) from None

    def write_results(self, execution: Execution, request: WriteRequest) -> Any:
        """Write the ends of the children to S3, by status, with a manifest; return where that is.

        Raises:
            StateError: States.ResultWriterFailed, with S3's sentence.
        """
        bucket, prefix = request.parameters.get("Bucket"), request.parameters.get("Prefix", "")
        folder = "/".join(part for part in (prefix.strip("/"), request.map_run_arn.rpartition(":")[2]) if part)
        s3 = boto3.client("s3", region_name=execution.owner.records.region)
        files: dict[str, list[dict[str, Any]]] = {}
        try:
            for status in ("SUCCEEDED", "FAILED", "PENDING"):
                ends = [end for end in request.ends if _file_of(end) == status]
                files[status] = []
                if ends:
                    body = json.dumps([_result(end) for end in ends])
                    key = f"{folder}/{status}_0.json"
                    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
                    files[status].append({"Key": key, "Size": len(body)})
            manifest = {"DestinationBucket": bucket, "MapRunArn": request.map_run_arn, "ResultFiles": files}
            s3.put_object(Bucket=bucket, Key=f"{folder}/manifest.json", Body=json.dumps(manifest).encode())
        except _FAULTS as error:
            raise StateError("States.ResultWriterFailed", str(error)) from None
        details = {"Bucket": bucket, "Key": f"{folder}/manifest.json"}
        return {"MapRunArn": request.map_run_arn, "ResultWriterDetails": details}


def _call_service(
    execution: Execution, call: TaskCall, function: MockedFunction | None = None
) -> tuple[TaskAnswer, Poll | None]:
    """Call the service that a task names: by boto3, which the mock itself or moto answers, or a mocked function."""
    boto3_client = partial(boto3.client, region_name=execution.owner.records.region)
    client_for: ClientFactory = boto3_client if function is None else lambda _: function
    caller = Caller(execution.arn, execution.state_machine.arn)
    try:
        answer, job = answer_task(call, client_for=client_for, caller=caller)
    except LookupError:
        raise _unmocked(execution, call) from None
    return answer, None if job is None else partial(poll_task, job, client_for=client_for)


def _unmocked(execution: Execution, call: TaskCall) -> UnmockedServiceError:
    return unmocked_task(call.state, execution.arn, execution.state_machine.name, call.resource.arn)


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "LastModified": item["LastModified"].timestamp()}


def _items(body: str, config: dict[str, Any]) -> list[Any]:
    """Return the items that an object holds, in the format that the ReaderConfig names."""
    match config.get("InputType"):
        case "CSV":
            rows = list(csv.reader(StringIO(body), delimiter=_DELIMITERS.get(config.get("CSVDelimiter", "COMMA"), ",")))
            headers = config.get("CSVHeaders") or rows.pop(0)
            return [dict(zip(headers, row, strict=False)) for row in rows]
        case "JSONL":
            return [json.loads(line) for line in body.splitlines() if line.strip()]
    items = json.loads(body)
    if not isinstance(items, list):
        raise ValueError("The object must hold a JSON array.")
    return items


_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


def _file_of(end: ChildEnd) -> str:
    return end.status if end.status == "SUCCEEDED" else "FAILED"


def _result(end: ChildEnd) -> dict[str, Any]:
    told = {"Status": end.status, "Output": json.dumps(end.output), "Error": end.error, "Cause": end.cause}
    return {name: value for name, value in told.items() if value is not None}
