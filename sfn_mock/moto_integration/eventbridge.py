"""State machines as targets of moto's EventBridge rules; moto itself raises an error for such a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any

from moto.core.exceptions import ServiceException
from moto.stepfunctions.models import stepfunctions_backends
from moto.utilities.arns import parse_arn
from werkzeug.exceptions import HTTPException

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.operations import status_events
from sfn_mock.transport.patching import wrapped

Target = dict[str, Any]


@contextmanager
def targets() -> Iterator[None]:
    """Make an event that matches a rule start executions of the rule's state machines."""
    from moto.events.models import Rule
    from moto.events.utils import EventTemplateParser

    def watch_targets(original: Callable[..., None]) -> Callable[..., None]:
        def send_to_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
            if original_event["source"] == status_events.SOURCE:
                send_status_event(rule, original_event, transform_input)
                return
            others = [target for target in rule.targets if not _is_state_machine(target)]
            send_by_moto(rule, others, original_event, transform_input)
            if rule.event_pattern.matches_event(original_event):
                for target in filter(_is_state_machine, rule.targets):
                    _start(target, _input(target, original_event, EventTemplateParser.parse))

        def send_status_event(rule: Rule, event: Any, transform_input: bool) -> None:
            """Send an event of Step Functions; the failure of a target is not an error of the caller."""
            if not rule.event_pattern.matches_event(event):
                return
            for target in rule.targets:
                with suppress(NotImplementedError, HTTPException, ServiceException):
                    if _is_state_machine(target):
                        _start(target, _input(target, event, EventTemplateParser.parse))
                    elif parse_arn(target["Arn"]).service == "sns":
                        _publish(target, _input(target, event, EventTemplateParser.parse))
                    else:
                        send_by_moto(rule, [target], event, transform_input)

        def send_by_moto(rule: Rule, targets: list[Target], event: Any, transform_input: bool) -> None:
            kept = rule.targets
            rule.targets = targets
            try:
                original(rule, event, transform_input)
            finally:
                rule.targets = kept

        return send_to_targets

    with wrapped(Rule, "send_to_targets", watch_targets):
        yield


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


def _publish(target: Target, message: str) -> None:
    """Publish a message to a topic."""
    from moto.sns.models import sns_backends

    arn = parse_arn(target["Arn"])
    sns_backends[arn.account][arn.region].publish(message, arn=target["Arn"])
