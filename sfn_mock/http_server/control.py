"""The control routes under ``/sfn-mock/``: seed, reset, set the clock, and inspect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from werkzeug import Request, Response

from sfn_mock.argument_errors import must_be_one_of
from sfn_mock.asl.routes import read_program
from sfn_mock.handle import StepFunctionsMock
from sfn_mock.http_server.answers import JsonDocument, error_response, json_response
from sfn_mock.http_server.copies import write_copy
from sfn_mock.http_server.documents import store_document
from sfn_mock.http_server.moments import describe_moments
from sfn_mock.http_server.page import page
from sfn_mock.http_server.searches import ARGUMENTS as SEARCH_ARGUMENTS
from sfn_mock.http_server.searches import describe_search
from sfn_mock.instruments.calls import Call, is_kept
from sfn_mock.instruments.execution_graph import describe_states
from sfn_mock.instruments.faults import Fault
from sfn_mock.operations.history import events_of
from sfn_mock.seeding.texts import parse
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.seed_warnings import collected_warnings
from sfn_mock.suggestions import did_you_mean

PREFIX = "/sfn-mock/"
#: The statuses in which ``end`` can end an execution.
_ENDS = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
_PAGE = "page/"
#: The page loads only its own files, and shows data as text.
_PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Control:
    """Answers the control routes. A wrong request is a 400 with one sentence."""

    def __init__(self, session: Session, version: str) -> None:
        self._session = session
        self._sfn = StepFunctionsMock(session)
        self._version = version
        self._routes: dict[str, dict[str, Callable[[Request], JsonDocument]]] = {
            "info": {"GET": self._info},
            "seed": {"POST": self._seed},
            "load": {"POST": self._load},
            "end": {"POST": self._end},
            "reset": {"POST": self._reset},
            "clock": {"GET": self._clock, "PUT": self._set_clock, "DELETE": self._unset_clock},
            "executions": {"GET": self._executions},
            "copy": {"GET": self._copy},
            "moments": {"GET": self._moments},
            "graph": {"GET": self._graph},
            "faults": {"GET": self._faults, "POST": self._add_fault, "DELETE": self._remove_faults},
            "calls": {"GET": self._calls, "DELETE": self._forget_calls},
        }

    def respond(self, request: Request) -> Response:
        """Return the answer to a request whose path begins with the prefix."""
        name = request.path.removeprefix(PREFIX)
        if name.startswith(_PAGE):
            return page_response(request, name.removeprefix(_PAGE))
        methods = self._routes.get(name)
        if methods is None:
            hint = did_you_mean(name, self._routes)
            return error_response(404, f"Unknown path {name!r} below {PREFIX}. {hint}")
        if request.method not in methods:
            return _wrong_method(request, *methods)
        try:
            return json_response(200, methods[request.method](request))
        except ValueError as error:
            return error_response(400, str(error))

    # --- What is there -------------------------------------------------------------------------------------------

    def _info(self, request: Request) -> JsonDocument:
        session = self._session
        with clock.read_once() as moment:
            places = [
                {
                    "account_id": backend.records.account_id,
                    "region": backend.records.region,
                    "state_machines": len(backend.records.state_machines),
                    "map_runs": len(backend.records.map_runs),
                    "activities": len(backend.records.activities),
                    "executions": sum(
                        len(scope.index.executions)
                        for scope in session.execution_scopes()
                        if scope.records is backend.records
                    ),
                }
                for backend in session.backends()
            ]
            return {
                "version": self._version,
                "account_id": session.account_id,
                "region": session.region,
                "now": clock.describe(moment),
                "places": places,
                "calls": len(session.call_log.calls),
                "faults": len(list(session.faults)),
            }

    # --- What is to be there -------------------------------------------------------------------------------------

    def _seed(self, request: Request) -> JsonDocument:
        try:
            text = request.get_data().decode()
        except UnicodeDecodeError:
            raise ValueError("body must be text in UTF-8.") from None
        with collected_warnings() as warnings:
            taken = store_document(self._sfn, parse(text))
        return {**taken, "warnings": warnings}

    def _load(self, request: Request) -> JsonDocument:
        source = _read_json(request)
        if not isinstance(source, (dict, list)):
            raise ValueError(f"body must be the JSON that `aws stepfunctions list-executions` prints, got {source!r}.")
        with collected_warnings() as warnings:
            executions = self._sfn.load(source)
        return {"executions": [execution.arn for execution in executions], "warnings": warnings}

    def _end(self, request: Request) -> JsonDocument:
        given = _read_object(request, "execution", "status", "output", "error", "cause", "failed_in")
        for name in ("execution", "status"):
            if name not in given:
                raise ValueError(
                    f'{name} must be given: send {{"execution": "arn:aws:states:...", "status": "ABORTED"}}.'
                )
        arn, status = given.pop("execution"), given.pop("status")
        if status not in _ENDS:
            raise must_be_one_of("status", _ENDS, status)
        try:
            execution = self._sfn.get_execution(arn)
            execution._end(status, **given)
        except (LookupError, RuntimeError) as error:
            raise ValueError(str(error)) from None
        return {"execution": execution.arn, "status": status}

    def _reset(self, request: Request) -> JsonDocument:
        self._sfn.reset()
        return {}

    def _executions(self, request: Request) -> JsonDocument:
        with clock.read_once():
            return describe_search(self._session, _read_arguments(request, *SEARCH_ARGUMENTS, "first", "size"))

    def _copy(self, request: Request) -> JsonDocument:
        with clock.read_once():
            return {"text": write_copy(self._session, _read_arguments(request, "as", *SEARCH_ARGUMENTS))}

    def _graph(self, request: Request) -> JsonDocument:
        arn = _read_arguments(request, "execution").get("execution")
        if arn is None:
            raise ValueError("execution must be given: the ARN of a STANDARD execution that has started.")
        with clock.read_once() as moment:
            for records in self._session.all_records():
                with records.using():
                    execution = records.find_execution(arn)
                    has_started = execution is not None and execution.attempt_at(moment) is not None
                    if execution is not None and has_started and execution.express_id is None:
                        program = read_program(execution.revision.definition, execution.owner.label)
                        events = events_of(records, execution, moment)
                        return describe_states(program, events, records.run_of(execution), moment)
        raise ValueError(f"execution must be the ARN of a STANDARD execution that has started, got {arn!r}.")

    # --- The clock -----------------------------------------------------------------------------------------------

    def _clock(self, request: Request) -> JsonDocument:
        setting = clock.setting()
        return {
            "now": clock.describe(clock.now()),
            "set": setting is not None,
            "tick": setting is None or setting.tick,
        }

    def _set_clock(self, request: Request) -> JsonDocument:
        given = _read_object(request, "now", "tick")
        tick = given.get("tick", False)
        if not isinstance(tick, bool):
            raise ValueError(f"tick must be true or false, got {tick!r}.")
        if "now" not in given:
            raise ValueError('now must be given: send {"now": "2026-01-10T02:00:00Z"}.')
        clock.set_to(clock.to_moment(given["now"], clock.now(), name="now"), tick=tick)
        return self._clock(request)

    def _unset_clock(self, request: Request) -> JsonDocument:
        clock.unset()
        return self._clock(request)

    def _moments(self, request: Request) -> JsonDocument:
        with clock.read_once() as moment:
            return describe_moments(
                self._session, moment, _read_arguments(request, "state_machine").get("state_machine")
            )

    # --- Faults and calls ----------------------------------------------------------------------------------------

    def _faults(self, request: Request) -> JsonDocument:
        return [_fault(fault) for fault in self._session.faults]

    def _add_fault(self, request: Request) -> JsonDocument:
        given = _read_object(request, "operation", "error", "times", "skip", "message")
        for name in ("operation", "error"):
            if name not in given:
                raise ValueError(
                    f'{name} must be given: send {{"operation": "ListExecutions", "error": "ThrottlingException"}}.'
                )
        return _fault(self._sfn.add_fault(given.pop("operation"), **given))

    def _remove_faults(self, request: Request) -> JsonDocument:
        self._session.faults.clear()
        return {}

    def _calls(self, request: Request) -> JsonDocument:
        calls = self._session.call_log.calls
        operation = _read_arguments(request, "operation").get("operation")
        return [_call(call) for call in (calls.copy() if operation is None else calls.of(operation))]

    def _forget_calls(self, request: Request) -> JsonDocument:
        self._session.call_log.clear()
        return {}


# --- The page ------------------------------------------------------------------------------------------------------


def page_response(request: Request, path: str) -> Response:
    """Return the answer to a request for one of the page's files."""
    if request.method != "GET":
        return _wrong_method(request, "GET")
    try:
        content, content_type = page(path)
    except LookupError as error:
        return error_response(404, str(error))
    return Response(content, content_type=content_type, headers=_PAGE_HEADERS)


# --- Answers -------------------------------------------------------------------------------------------------------


def _wrong_method(request: Request, *methods: str) -> Response:
    response = error_response(405, f"{request.path} takes {', '.join(methods)}, not {request.method}.")
    response.headers["Allow"] = ", ".join(methods)
    return response


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "operation": fault.operation,
        "error": fault.error,
        "times": fault.times,
        "skip": fault.skip,
        "message": fault.message,
        "count": fault.count,
    }


def _call(call: Call) -> dict[str, Any]:
    """Return the call; without its answer if that was dropped."""
    return {
        "operation": call.operation,
        "parameters": call.parameters,
        "response": call.response if is_kept(call) else None,
        "error": call.error,
        "date": call.date,
        "account_id": call.account_id,
        "region": call.region,
    }


# --- Requests ------------------------------------------------------------------------------------------------------


def _read_json(request: Request) -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise ValueError("body must be JSON.") from None


def _read_arguments(request: Request, *names: str) -> dict[str, str]:
    _check_known(request, "argument", request.args, names)
    return request.args.to_dict()


def _read_object(request: Request, *members: str) -> dict[str, Any]:
    given = _read_json(request)
    if not isinstance(given, dict):
        raise ValueError(f"body must be a JSON object with any of {', '.join(members)}, got {given!r}.")
    _check_known(request, "member", given, members)
    return given


def _check_known(request: Request, kind: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"Unknown {kind} {name!r} of {request.path}. {did_you_mean(name, known)}")
