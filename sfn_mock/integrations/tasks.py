"""Run the tasks of an execution by calling services, and poll the jobs of `.sync` tasks."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import Failed, FailedStep, Pending, Succeeded, TaskAnswer, TaskCall
from sfn_mock.asl.resources import Pattern, ResourceKind
from sfn_mock.integrations.http_tasks import HttpSender, build_http_request, is_http_task, read_http_response
from sfn_mock.integrations.jobs import Job, JobFailedError
from sfn_mock.integrations.operations import ClientFactory
from sfn_mock.integrations.service_calls import Caller, ServiceAnswer, call_function, call_service


def answer_task(
    call: TaskCall, *, client_for: ClientFactory, caller: Caller, send: HttpSender | None = None
) -> tuple[TaskAnswer, Job | None]:
    """Run a task that calls a service or a Lambda function.

    Args:
        call: The task.
        client_for: A function that returns the boto3 client of a service.
        caller: The execution that the task belongs to.
        send: A function that sends the requests of HTTP tasks, None if there is none.

    Returns:
        The answer, and the running job if the task waits for one; see `poll_task`.

    Raises:
        ParametersError: If the task cannot start with its parameters.
        LookupError: If boto3 does not have the operation of the task.
    """
    pattern = call.resource.pattern
    try:
        if call.resource.kind is ResourceKind.LAMBDA_FUNCTION:
            return Succeeded(call_function(call.resource, call.parameters, client_for=client_for)), None
        answer = _call(call, client_for, caller, send)
    except StateError as error:
        step: FailedStep = "run" if pattern is Pattern.REQUEST_RESPONSE else "submit"
        return Failed(error.error, error.cause, step=step), None
    if answer.job is not None:
        finished = poll_task(answer.job, client_for=client_for, submitted=answer.result)
        return (finished, None) if finished else (Pending(submitted=answer.result), answer.job)
    if pattern is Pattern.WAIT_FOR_TASK_TOKEN:
        return Pending(submitted=answer.result), None
    return Succeeded(answer.result), None


def poll_task(job: Job, *, client_for: ClientFactory, submitted: Any = None) -> Succeeded | Failed | None:
    """Poll the job of a `.sync` task.

    Args:
        job: The job.
        client_for: A function that returns the boto3 client of a service.
        submitted: The result of the call that started the job.

    Returns:
        The end of the task, None while the job is running.
    """
    try:
        result = job.poll(client_for)
    except JobFailedError as failure:
        return Failed(failure.error, failure.cause, submitted=submitted, stop=job.stop_of(failure.result))
    except StateError as error:
        return Failed(error.error, error.cause, submitted=submitted)
    return None if result is None else Succeeded(result, submitted=submitted, stop=job.stop_of(result))


def _call(call: TaskCall, client_for: ClientFactory, caller: Caller, send: HttpSender | None) -> ServiceAnswer:
    if send is not None and is_http_task(call.resource):
        response = send(build_http_request(call.resource, call.parameters))
        return ServiceAnswer(read_http_response(call.resource, response))
    return call_service(call.resource, call.parameters, client_for=client_for, caller=caller)
