"""State machines as targets of moto's EventBridge rules, which by themselves raise an error for such a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any
from unittest.mock import patch

from moto.stepfunctions.models import stepfunctions_backends
from moto.utilities.arns import parse_arn

from sfn_mock.aws.exceptions import SFNError

Target = dict[str, Any]


@contextmanager
def targets() -> Iterator[None]:
    """Let an event that a rule matches start executions of the rule's state machines."""
    from moto.events.models import Rule
    from moto.events.utils import EventTemplateParser

    original = Rule.send_to_targets

    def send_to_targets(rule: Rule, original_event: Any, transform_input: bool = True) -> None:
        targets = rule.targets
        rule.targets = [target for target in targets if not _is_state_machine(target)]
        try:
            original(rule, original_event, transform_input)
        finally:
            rule.targets = targets
        if rule.event_pattern.matches_event(original_event):
            for target in filter(_is_state_machine, targets):
                _start(target, _input(target, original_event, EventTemplateParser.parse))

    with patch.object(Rule, "send_to_targets", send_to_targets):
        yield


def _is_state_machine(target: Target) -> bool:
    arn = parse_arn(target["Arn"])
    return bool(arn.service == "states" and arn.resource_type == "stateMachine")


def _input(target: Target, original_event: dict[str, Any], transformed: Callable[..., Any]) -> str:
    """What the target is told of the event: all of it, unless the target says otherwise."""
    if "Input" in target:
        return str(target["Input"])
    # moto keeps the time as a number.
    moment = datetime.fromtimestamp(float(original_event["time"]), tz=timezone.utc)
    event = {**original_event, "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    transformer = target.get("InputTransformer")
    if transformer is not None:
        return json.dumps(transformed(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event))
    # A template may ask for this one, and no other target is told it.
    event.pop("ingestion-time", None)
    return json.dumps(event)


def _start(target: Target, input: str) -> None:
    """Start an execution; who puts an event is not told when a target refuses it."""
    arn = parse_arn(target["Arn"])
    with suppress(SFNError):
        stepfunctions_backends[arn.account][arn.region].start_execution(target["Arn"], "", input)
