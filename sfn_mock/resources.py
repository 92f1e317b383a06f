"""Executions, state machines and aliases with the attributes of moto's, for callers that moto's backend is asked by."""

from __future__ import annotations

from typing import Any

from moto.stepfunctions.models import StepFunctionBackend

from sfn_mock import views
from sfn_mock.state import clock
from sfn_mock.state.records import Alias, StateMachine, Version
from sfn_mock.state.revisions import Revision


class ExecutionResource(views.Execution):
    """An execution, with the attributes that moto's executions have; those that can change may be assigned to."""

    __slots__ = ()

    @property
    def execution_arn(self) -> str:
        """The execution's ARN."""
        return self.arn


class StateMachineResource:
    """A state machine or version as it stood when asked for, with the attributes that moto's callers read."""

    #: The backend that has it, where moto 5.2.0 looks for one to ask for tags.
    backend: StepFunctionBackend

    def __init__(self, machine: StateMachine, version: Version | None = None, revision: Revision | None = None) -> None:
        shown = machine if version is None else version
        revision = revision or shown.revision
        self.arn = shown.arn
        self.name = machine.name
        self.type = machine.type
        self.definition = revision.definition
        self.roleArn = revision.role_arn
        self.loggingConfiguration = revision.logging_configuration
        self.tracingConfiguration = revision.tracing_configuration
        self.encryptionConfiguration = revision.encryption_configuration
        self.description = None if version is None else version.description
        self.creation_date = clock.to_datetime(shown.created)
        self.update_date = clock.to_datetime(machine.updated)
        self.revision_id = revision.id
        self._machine = machine

    @property
    def executions(self) -> list[ExecutionResource]:
        """Its executions in order of adding."""
        return [ExecutionResource(execution) for execution in self._machine.executions]


class AliasResource:
    """An alias as it stood when asked for, with the attributes that moto's aliases have."""

    def __init__(self, alias: Alias, routing_configuration: list[dict[str, Any]]) -> None:
        self.arn = alias.arn
        self.statemachine_arn = alias.state_machine.arn
        self.name = alias.name
        self.description = alias.description
        self.routing_configuration = routing_configuration
        self.creation_date = clock.to_datetime(alias.created)
        self.update_date = clock.to_datetime(alias.updated)
