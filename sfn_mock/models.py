"""moto's face of the records: a backend for one account and region, in the shape moto expects of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moto.stepfunctions.models import StepFunctionBackend
from moto.utilities.tagging_service import TaggingService
from moto.utilities.utils import get_partition

from sfn_mock.aws import constraints
from sfn_mock.moto_integration.adoption import adopt_activity, adopt_state_machine
from sfn_mock.operations import activities, aliases, executions, listing, tasks, versions
from sfn_mock.operations import state_machines as machines
from sfn_mock.operations import tags as tagging
from sfn_mock.state.activities import Activity
from sfn_mock.state.records import Records
from sfn_mock.state.simulation import Simulation
from sfn_mock.state.state_machines import Alias, StateMachine, Version

if TYPE_CHECKING:
    from moto.core.resource_tagging import TaggedResource


class StateMachineResource:
    """A state machine or version as it stood when asked for, with the attributes moto's callers read of moto's own."""

    def __init__(self, description: machines.Description) -> None:
        machine, version, revision = description
        shown = machine if version is None else version
        self.arn = shown.arn
        self.name = machine.name
        self.executions = machine.executions
        self.type = machine.type
        self.definition = revision.definition
        self.roleArn = revision.role_arn
        self.loggingConfiguration = revision.logging_configuration
        self.tracingConfiguration = revision.tracing_configuration
        self.encryptionConfiguration = revision.encryption_configuration
        self.description = None if version is None else version.description
        self.creation_date = shown.creation_date
        self.update_date = machine.update_date
        self.revision_id = revision.id


class AliasResource:
    """An alias as it stood when asked for, with the attributes that moto's aliases have."""

    def __init__(self, alias: Alias) -> None:
        self.arn = alias.arn
        self.statemachine_arn = alias.state_machine.arn
        self.name = alias.name
        self.description = alias.description
        self.routing_configuration = routing_configuration(alias)
        self.creation_date = alias.creation_date
        self.update_date = alias.update_date


def routing_configuration(alias: Alias) -> list[dict[str, Any]]:
    """An alias's routes as the API spells them."""
    return [
        {"stateMachineVersionArn": f"{alias.state_machine.arn}:{route.qualifier}", "weight": route.weight}
        for route in alias.routes
    ]


class SFNBackend(StepFunctionBackend):
    """One account's Step Functions in one region. All that exists there is in ``records``."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self.records = Records(region_name, account_id, get_partition(region_name))
        #: While a mock holds this backend, only that mock resets it: entering or leaving any ``mock_aws`` resets
        #: every backend that moto knows of.
        self.held = False
        super().__init__(region_name, account_id)

    @property  # type: ignore[override]  # moto's is an attribute, and of moto's own machines
    def state_machines(self) -> list[StateMachine]:
        """The state machines in order of adding."""
        machines = list(self.records.state_machines.values())
        for machine in machines:
            # The tagging API of moto 5.2.0 asks it for the machine's tags.
            machine.backend = self
        return machines

    @state_machines.setter
    def state_machines(self, machines: list[Any]) -> None:
        """moto's constructor assigns an empty list, which is what new records hold anyway."""

    @property  # type: ignore[override]  # moto's is an attribute, and of moto's own activities
    def activities(self) -> dict[str, Activity]:
        """The activities by ARN, in order of adding."""
        return {activity.arn: activity for activity in self.records.activities.values()}

    @activities.setter
    def activities(self, activities: dict[str, Any]) -> None:
        """As for ``state_machines``."""

    @property
    def tagger(self) -> TaggingService:
        """moto's way to the tags: what it reads and writes there are those of the state machines and activities."""
        tagger = TaggingService(tag_name="tags", key_name="key", value_name="value")
        live: dict[str, Any] = {resource.arn: resource.tags for resource in tagging.tagged_resources(self.records)}
        tagger.tags = live
        return tagger

    @tagger.setter
    def tagger(self, tagger: TaggingService) -> None:
        """As for ``state_machines``."""

    def reset(self) -> None:
        """Start empty, unless a mock holds this backend: then only that mock empties it."""
        if not self.held:
            self.empty()

    def hold(self, simulation: Simulation) -> None:
        """Be a mock's, with the rough edges that it was asked for."""
        self.held = True
        self.records.simulation = simulation

    def adopt(self, motos: StepFunctionBackend) -> None:
        """Take over what a plain moto backend holds."""
        with self.records.using():
            for machine in motos.state_machines:
                adopt_state_machine(self.records, machine, motos.tagger)
            for activity in motos.activities.values():
                adopt_activity(self.records, activity, motos.tagger)

    def empty(self) -> None:
        """Start empty; records handed out before are dead from here on."""
        records = self.records
        anew = SFNBackend(self.region_name, self.account_id)
        anew.held, anew.records.simulation = self.held, records.simulation
        # At one stroke, since others may be calling meanwhile: moto's own reset would leave nothing at all in between.
        self.__dict__ = vars(anew)
        records.close()

    # --- In moto's shape -----------------------------------------------------------------------------------------
    #
    # CloudFormation and EventBridge call these, and so may any code that takes a backend out of moto's dictionary.
    # They check the model's constraints first, as the way through a client does. Their results are typed Any, because
    # moto's signatures promise classes of moto's own.

    def create_state_machine(
        self,
        name: str,
        definition: str,
        roleArn: str,
        tags: list[dict[str, str]] | None = None,
        publish: bool | None = None,
        loggingConfiguration: dict[str, Any] | None = None,
        tracingConfiguration: dict[str, Any] | None = None,
        encryptionConfiguration: dict[str, Any] | None = None,
        version_description: str | None = None,
        sm_type: str | None = None,
    ) -> Any:
        """The machine, new or there already, as a StateMachineResource."""
        _check(
            "CreateStateMachine",
            name=name,
            definition=definition,
            roleArn=roleArn,
            tags=tags,
            publish=publish,
            loggingConfiguration=loggingConfiguration,
            tracingConfiguration=tracingConfiguration,
            encryptionConfiguration=encryptionConfiguration,
            versionDescription=version_description,
            type=sm_type,
        )
        created = machines.create_state_machine(
            self.records,
            name=name,
            definition=definition,
            role_arn=roleArn,
            type=sm_type,
            logging=loggingConfiguration,
            tracing=tracingConfiguration,
            encryption=encryptionConfiguration,
            publish=publish,
            version_description=version_description,
            tags=tags,
        )
        return self._resource(created.machine)

    def describe_state_machine(self, arn: str) -> Any:
        """The machine or version, as a StateMachineResource."""
        _check("DescribeStateMachine", stateMachineArn=arn)
        return StateMachineResource(machines.describe_state_machine(self.records, arn=arn))

    def list_state_machines(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """A page of StateMachineResources, and the token for the next."""
        _check("ListStateMachines", maxResults=max_results, nextToken=next_token)
        page = machines.list_state_machines(self.records, max_results=max_results, next_token=next_token)
        return [self._resource(machine) for machine in page.items], page.next_token

    def update_state_machine(
        self,
        arn: str,
        definition: str | None = None,
        role_arn: str | None = None,
        logging_configuration: dict[str, Any] | None = None,
        tracing_configuration: dict[str, Any] | None = None,
        encryption_configuration: dict[str, Any] | None = None,
        publish: bool | None = None,
        version_description: str | None = None,
    ) -> Any:
        """The machine as updated, as a StateMachineResource."""
        _check(
            "UpdateStateMachine",
            stateMachineArn=arn,
            definition=definition,
            roleArn=role_arn,
            loggingConfiguration=logging_configuration,
            tracingConfiguration=tracing_configuration,
            encryptionConfiguration=encryption_configuration,
            publish=publish,
            versionDescription=version_description,
        )
        updated = machines.update_state_machine(
            self.records,
            arn=arn,
            definition=definition,
            role_arn=role_arn,
            logging=logging_configuration,
            tracing=tracing_configuration,
            encryption=encryption_configuration,
            publish=publish,
            version_description=version_description,
        )
        return self._resource(updated.machine)

    def delete_state_machine(self, arn: str) -> None:
        _check("DeleteStateMachine", stateMachineArn=arn)
        machines.delete_state_machine(self.records, arn=arn)

    def publish_state_machine_version(
        self, arn: str, revision_id: str | None = None, description: str | None = None
    ) -> Version:
        """The version, new or there already; moto itself publishes only where a machine is created or updated."""
        _check("PublishStateMachineVersion", stateMachineArn=arn, revisionId=revision_id, description=description)
        return versions.publish_state_machine_version(
            self.records, arn=arn, revision_id=revision_id, description=description
        )

    def delete_state_machine_version(self, arn: str) -> None:
        _check("DeleteStateMachineVersion", stateMachineVersionArn=arn)
        versions.delete_state_machine_version(self.records, arn=arn)

    def create_state_machine_alias(
        self, name: str, routing_configuration: list[dict[str, Any]], description: str | None
    ) -> Any:
        """The alias, new or there already, as an AliasResource."""
        _check(
            "CreateStateMachineAlias", name=name, routingConfiguration=routing_configuration, description=description
        )
        return AliasResource(
            aliases.create_state_machine_alias(
                self.records, name=name, routing=routing_configuration, description=description
            )
        )

    def describe_state_machine_alias(self, arn: str) -> Any:
        """The alias, as an AliasResource."""
        _check("DescribeStateMachineAlias", stateMachineAliasArn=arn)
        return AliasResource(aliases.describe_state_machine_alias(self.records, arn=arn))

    def list_state_machine_aliases(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, arn: str, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """A page of AliasResources, and the token for the next."""
        _check("ListStateMachineAliases", stateMachineArn=arn, maxResults=max_results, nextToken=next_token)
        page = aliases.list_state_machine_aliases(self.records, arn=arn, max_results=max_results, next_token=next_token)
        return [AliasResource(alias) for alias in page.items], page.next_token

    def update_state_machine_alias(
        self, arn: str, description: str | None, routing_configuration: list[dict[str, Any]] | None
    ) -> Any:
        """The alias as updated, as an AliasResource."""
        _check(
            "UpdateStateMachineAlias",
            stateMachineAliasArn=arn,
            description=description,
            routingConfiguration=routing_configuration,
        )
        aliases.update_state_machine_alias(
            self.records, arn=arn, routing=routing_configuration, description=description
        )
        return self.describe_state_machine_alias(arn)

    def delete_state_machine_alias(self, arn: str) -> None:
        _check("DeleteStateMachineAlias", stateMachineAliasArn=arn)
        aliases.delete_state_machine_alias(self.records, arn=arn)

    def start_execution(
        self,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> Any:
        """The execution, new or running already. moto's EventBridge gives an empty name for none."""
        _check(
            "StartExecution",
            stateMachineArn=state_machine_arn,
            name=name or None,
            input=execution_input,
            traceHeader=trace_header,
        )
        return executions.start_execution(
            self.records,
            state_machine_arn=state_machine_arn,
            name=name or None,
            input=execution_input,
            trace_header=trace_header,
        )

    def stop_execution(self, execution_arn: str) -> Any:
        """The execution, ABORTED unless it had ended before."""
        _check("StopExecution", executionArn=execution_arn)
        executions.stop_execution(self.records, execution_arn=execution_arn)
        return self.describe_execution(execution_arn)

    def describe_execution(self, execution_arn: str) -> Any:
        _check("DescribeExecution", executionArn=execution_arn)
        return executions.describe_execution(self.records, execution_arn=execution_arn).execution

    def describe_state_machine_for_execution(self, execution_arn: str) -> Any:
        """The machine with what the execution runs of it, as a StateMachineResource."""
        _check("DescribeStateMachineForExecution", executionArn=execution_arn)
        execution, _ = executions.describe_state_machine_for_execution(self.records, execution_arn=execution_arn)
        return StateMachineResource(machines.Description(execution.state_machine, None, execution.revision))

    def list_executions(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self,
        state_machine_arn: str,
        status_filter: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Any:
        """A page of executions, and the token for the next."""
        _check(
            "ListExecutions",
            stateMachineArn=state_machine_arn,
            statusFilter=status_filter,
            maxResults=max_results,
            nextToken=next_token,
        )
        page = listing.list_executions(
            self.records,
            state_machine_arn=state_machine_arn,
            status_filter=status_filter,
            max_results=max_results,
            next_token=next_token,
        )
        return page.executions, page.next_token

    def create_activity(
        self,
        name: str,
        tags: list[dict[str, str]] | None = None,
        encryption_configuration: dict[str, Any] | None = None,
    ) -> Any:
        """The activity, new or there already."""
        _check("CreateActivity", name=name, tags=tags, encryptionConfiguration=encryption_configuration)
        return activities.create_activity(self.records, name=name, tags=tags, encryption=encryption_configuration)

    def describe_activity(self, activity_arn: str) -> Any:
        _check("DescribeActivity", activityArn=activity_arn)
        return activities.describe_activity(self.records, arn=activity_arn)

    def delete_activity(self, activity_arn: str) -> None:
        _check("DeleteActivity", activityArn=activity_arn)
        activities.delete_activity(self.records, arn=activity_arn)

    def list_activities(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """A page of activities, and the token for the next."""
        _check("ListActivities", maxResults=max_results, nextToken=next_token)
        page = activities.list_activities(self.records, max_results=max_results, next_token=next_token)
        return page.items, page.next_token

    def send_task_success(self, task_token: str, outcome: str) -> None:
        _check("SendTaskSuccess", taskToken=task_token, output=outcome)
        tasks.send_task_success(self.records, token=task_token, output=outcome)

    def send_task_failure(self, task_token: str, error: str | None = None) -> None:
        _check("SendTaskFailure", taskToken=task_token, error=error)
        tasks.send_task_failure(self.records, token=task_token, error=error)

    def send_task_heartbeat(self, task_token: str) -> None:
        _check("SendTaskHeartbeat", taskToken=task_token)
        tasks.send_task_heartbeat(self.records, token=task_token)

    def list_tags_for_resource(self, arn: str) -> dict[str, list[dict[str, str]]]:
        """The tags as the API spells them, under ``tags``."""
        _check("ListTagsForResource", resourceArn=arn)
        return {"tags": tagging.list_tags_for_resource(self.records, arn=arn)}

    def tag_resource(self, arn: str, tags: dict[str, str] | list[dict[str, str]]) -> None:
        """Add tags, which older versions of moto give as the API spells them and newer ones by key."""
        if isinstance(tags, dict):
            tags = [{"key": key, "value": value} for key, value in tags.items()]
        _check("TagResource", resourceArn=arn, tags=tags)
        tagging.tag_resource(self.records, arn=arn, tags=tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        _check("UntagResource", resourceArn=arn, tagKeys=tag_keys)
        tagging.untag_resource(self.records, arn=arn, keys=tag_keys)

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """The state machines and activities with their tags, for the Resource Groups Tagging API."""
        # Older versions of moto have no such class, and look for state machines by themselves.
        from moto.core.resource_tagging import TaggedResource

        with self.records.using():
            resources = list(tagging.tagged_resources(self.records))
        for resource in resources:
            kind = "activity" if isinstance(resource, Activity) else "stateMachine"
            yield TaggedResource(arn=resource.arn, tags=dict(resource.tags), resource_type=f"states:{kind}")

    def _resource(self, machine: StateMachine) -> StateMachineResource:
        return StateMachineResource(machines.Description(machine, None, machine.revision))


def _check(operation: str, **members: Any) -> None:
    constraints.check(operation, members)
