"""Task: calls a service, a Lambda function or an activity and returns its result."""

from __future__ import annotations

from functools import partial
from typing import Any

from sfn_mock.asl import task_events
from sfn_mock.asl.errors import DATA_LIMIT_EXCEEDED, HEARTBEAT_TIMEOUT, RUNTIME, StateError, StoppedError
from sfn_mock.asl.host import Failed, Pending, Succeeded, TaskCall
from sfn_mock.asl.nodes import ABSENT, TaskState
from sfn_mock.asl.open_tasks import OpenTask
from sfn_mock.asl.resources import Pattern, Resource, ResourceKind, parse_resource
from sfn_mock.asl.scheduler import AbortedError, ProcessGenerator
from sfn_mock.asl.state_visit import StateVisit
from sfn_mock.asl.task_events import TaskEvent
from sfn_mock.asl.texts import json_text, utf8


def run_task(visit: StateVisit, state: TaskState) -> ProcessGenerator:
    """Run a Task state until its task succeeds, fails or times out."""
    resource = parse_resource(state.resource)
    token = visit.run.new_token()
    visit.token = token if resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN else None
    value = visit.effective_input()
    call = TaskCall(
        state=state.name,
        resource=resource,
        parameters=visit.work_input(state.payload, value),
        token=token,
        moment=visit.run.scheduler.now,
        attempt=visit.retry_count,
        context=visit.context(),
        role_arn=_role_arn(visit, state, value),
        timeout_seconds=_seconds(visit, "TimeoutSeconds", state.timeout_seconds, state.timeout_seconds_path, value),
        heartbeat_seconds=_seconds(
            visit, "HeartbeatSeconds", state.heartbeat_seconds, state.heartbeat_seconds_path, value
        ),
    )
    faults = visit.run.host.check_parameters(resource, call.parameters)
    if faults:
        field = "Arguments" if state.is_jsonata else "Parameters"
        raise visit.failure(RUNTIME, _unusable_parameters(field, call.parameters, faults))
    if resource.kind is ResourceKind.ACTIVITY and not visit.run.host.has_activity(call):
        raise visit.failure(RUNTIME, f"The activity {resource.arn} does not exist.")
    result = yield from _run(visit, call)
    visit.observe("result", result)
    return visit.finish(result, selector=state.payload.result_selector, result_path=state.payload.result_path)


def _unusable_parameters(field: str, parameters: Any, faults: tuple[str, ...]) -> str:
    return f"The {field} '{json_text(parameters)}' could not be used to start the Task: [{', '.join(faults)}]"


def _run(visit: StateVisit, call: TaskCall) -> ProcessGenerator:
    """Run a task, add its events to the history, and return its result."""
    run, resource = visit.run, call.resource
    _add_event(
        visit,
        task_events.scheduled(
            resource,
            json_text(call.parameters),
            region=run.region,
            timeout_seconds=call.timeout_seconds,
            heartbeat_seconds=call.heartbeat_seconds,
            role_arn=call.role_arn,
        ),
    )

    def add_started_event(worker_name: str | None) -> None:
        _add_event(visit, task_events.started(resource, worker_name=worker_name))

    task = OpenTask(run.scheduler, add_started_event, call.timeout_seconds, call.heartbeat_seconds)
    run.open_task(call.token, task)
    try:
        try:
            answer = run.host.start_task(call)
        except StoppedError:
            task.start()
            raise
        if not isinstance(answer, Pending) and answer.sends_heartbeats:
            task.expect_no_heartbeats()
        if answer.ignores_timeout:
            task.expect_no_timeout()
        if answer.start is not None:
            task.start_as(answer.start)
        if answer.submitted is not None:
            _add_event(visit, task_events.submitted(resource, json_text(answer.submitted)))
        if not isinstance(answer, Pending) and not answer.duration_ms:
            task.end(answer)
        elif not isinstance(answer, Pending):
            run.scheduler.at(run.scheduler.now + answer.duration_ms, partial(task.end, answer))
        ended = yield task
    except AbortedError:
        run.host.abandon_task(call.token, run.scheduler.now)
        raise
    finally:
        task.close()
        run.close_task(call.token)
    return _end(visit, resource, task, ended)


def _end(visit: StateVisit, resource: Resource, task: OpenTask, answer: Succeeded | Failed) -> Any:
    """Add the last event of a task to the history; return its result or raise its error."""
    if isinstance(answer, Succeeded):
        text = json_text(answer.result)
        if len(utf8(text)) <= task_events.RESULT_LIMIT:
            _add_event(visit, task_events.succeeded(resource, text))
            return answer.result
        answer = Failed(DATA_LIMIT_EXCEEDED, task_events.result_limit_cause(resource))
    if answer.is_timeout:
        _add_event(visit, task_events.timed_out(resource, answer.error or "States.Timeout", answer.cause))
    else:
        _add_event(visit, task_events.failed(resource, answer.error, answer.cause, answer.step))
    other_name = HEARTBEAT_TIMEOUT if task.missed_heartbeat else None
    raise StateError(answer.error, answer.cause, other_name=other_name)


def _add_event(visit: StateVisit, event: TaskEvent) -> None:
    visit.add_event(*event)


def _role_arn(visit: StateVisit, state: TaskState, value: Any) -> str | None:
    if state.credentials is ABSENT:
        return None
    if state.is_jsonata:
        credentials = visit.evaluate(state.credentials, "Credentials")
    else:
        credentials = visit.fill_template(state.credentials, value)
    role_arn = credentials.get("RoleArn") if isinstance(credentials, dict) else None
    if not isinstance(role_arn, str):
        reason = f"The Credentials field must have a string as RoleArn but was: {json_text(credentials)}"
        raise visit.failure(RUNTIME, reason)
    return role_arn


def _seconds(visit: StateVisit, field: str, given: Any, path: str | None, value: Any) -> int | None:
    if path is not None:
        found = visit.find(path, value)
        if isinstance(found, bool) or not isinstance(found, int) or found <= 0:
            raise visit.failure(
                RUNTIME,
                f"The {field}Path parameter does not reference a positive integer value: {path} == {json_text(found)}",
            )
        return found
    if isinstance(given, str):
        found = visit.evaluate(given, field, expected="number")
        if found <= 0 or found != int(found):
            raise visit.out_of_range(given, field, "an integer of at least 1", found)
        return int(found)
    return None if given is None else int(given)
