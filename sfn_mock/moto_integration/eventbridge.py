"""State machines as targets of moto's EventBridge rules; moto itself raises an error for such a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, cast

from moto.core.exceptions import ServiceException
from moto.stepfunctions.models import stepfunctions_backends
from moto.utilities.arns import parse_arn
from werkzeug.exceptions import HTTPException

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.operations import status_events
from sfn_mock.operations.mocked_functions import invoke_by_event
from sfn_mock.transport.patching import wrapped

if TYPE_CHECKING:
    from sfn_mock.models import SFNBackend

Target = dict[str, Any]


@contextmanager
def targets() -> Iterator[None]:
    """Make an event that matches a rule start executions of the rule's state machines."""
    from moto.events.models import Rule
    from moto.events.utils import EventTemplateParser

    parse = _naming_the_package()(EventTemplateParser.parse)

    def watch_targets(original: Callable[..., None]) -> Callable[..., None]:
        def send_to_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
            if original_event["source"] == status_events.SOURCE:
                send_status_event(rule, original_event, transform_input)
                return
            others = rule.targets
            if rule.event_pattern.matches_event(original_event):
                others = [target for target in others if not is_sent(target, original_event)]
            send_by_moto(rule, others, original_event, transform_input)

        def send_status_event(rule: Rule, event: Any, transform_input: bool) -> None:
            """Send an event of Step Functions; the failure of a target is not an error of the caller."""
            if not rule.event_pattern.matches_event(event):
                return
            for target in rule.targets:
                with suppress(NotImplementedError, HTTPException, ServiceException):
                    if parse_arn(target["Arn"]).service == "sns":
                        _publish(target, _input(target, event, parse))
                    elif not is_sent(target, event):
                        send_by_moto(rule, [target], event, transform_input)

        def is_sent(target: Target, event: Any) -> bool:
            """Send an event to a state machine or a mocked function; return whether the target is one."""
            service = parse_arn(target["Arn"]).service
            if service == "lambda":
                return _invoke(target, _input(target, event, parse), event["time"])
            if not _is_state_machine(target):
                return False
            _start(target, _input(target, event, parse))
            return True

        def send_by_moto(rule: Rule, targets: list[Target], event: Any, transform_input: bool) -> None:
            kept = rule.targets
            rule.targets = targets
            try:
                with _naming_the_package():
                    original(rule, event, transform_input)
            finally:
                rule.targets = kept

        return send_to_targets

    with wrapped(Rule, "send_to_targets", watch_targets):
        yield


@contextmanager
def _naming_the_package() -> Iterator[None]:
    """Raise an ImportError that says what to install if moto lacks a package, which is jsonpath_ng in most versions."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{error}, which moto needs for targets of EventBridge: install it with pip install 'moto[events]'."
        ) from None


def _is_state_machine(target: Target) -> bool:
    arn = parse_arn(target["Arn"])
    return bool(arn.service == "states" and arn.resource_type == "stateMachine")


def _input(target: Target, original_event: dict[str, Any], transformed: Callable[..., Any]) -> str:
    """Return the input of the target: the whole event, unless the target configures another input."""
    if "Input" in target:
        return str(target["Input"])
    # moto stores the time as a number.
    moment = datetime.fromtimestamp(float(original_event["time"]), tz=timezone.utc)
    event = {**original_event, "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    transformer = target.get("InputTransformer")
    if transformer is not None:
        return json.dumps(transformed(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event))
    # Only input templates can use this value.
    event.pop("ingestion-time", None)
    return json.dumps(event)


def _start(target: Target, input: str) -> None:
    """Start an execution; a refusal by the target does not reach the caller of PutEvents."""
    arn = parse_arn(target["Arn"])
    with suppress(SFNError):
        stepfunctions_backends[arn.account][arn.region].start_execution(target["Arn"], "", input)


def _invoke(target: Target, event: str, time: Any) -> bool:
    """Invoke the handler of a mocked function; return whether there is one."""
    arn = parse_arn(target["Arn"])
    backend = cast("SFNBackend", stepfunctions_backends[arn.account][arn.region])
    return invoke_by_event(backend.records, target["Arn"], event, round(float(time) * 1000))


def _publish(target: Target, message: str) -> None:
    """Publish a message to a topic."""
    from moto.sns.models import sns_backends

    arn = parse_arn(target["Arn"])
    sns_backends[arn.account][arn.region].publish(message, arn=target["Arn"])
