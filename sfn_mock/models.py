"""The backend of one account and region, with the interface that moto expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moto.stepfunctions.models import StepFunctionBackend
from moto.utilities.tagging_service import TaggingService
from moto.utilities.utils import get_partition

from sfn_mock.aws import constraints
from sfn_mock.instruments import session_coverage
from sfn_mock.operations import pipeline
from sfn_mock.operations.finding import find_qualified
from sfn_mock.operations.registry import Answer
from sfn_mock.operations.tags import tagged_resources
from sfn_mock.resources import AliasResource, ExecutionResource, StateMachineResource
from sfn_mock.state.records import Activity, Alias, Execution, Records
from sfn_mock.state.seed_warnings import NaiveDateCheck
from sfn_mock.state.simulation import Simulation
from sfn_mock.state.task_mocks import TaskMocks

if TYPE_CHECKING:
    from moto.core.resource_tagging import TaggedResource


class SFNBackend(StepFunctionBackend):
    """Step Functions of one account in one region; ``records`` has everything that exists there."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self.records = Records(region_name, account_id, get_partition(region_name))
        session_coverage.follow(self.records)
        #: While a mock holds this backend, only that mock resets it: entering or leaving any ``mock_aws`` resets
        #: every backend that moto knows of.
        self.held = False
        super().__init__(region_name, account_id)

    @property  # type: ignore[override]  # moto's is an attribute, and of moto's own machines
    def state_machines(self) -> list[StateMachineResource]:
        """The state machines in order of adding."""
        machines = [StateMachineResource(machine) for machine in self.records.state_machines.values()]
        for machine in machines:
            machine.backend = self
        return machines

    @state_machines.setter
    def state_machines(self, machines: list[Any]) -> None:
        """Ignore the empty list that moto's constructor assigns; new records are empty anyway."""

    @property  # type: ignore[override]  # moto's is an attribute, and of moto's own activities
    def activities(self) -> dict[str, Activity]:
        """The activities by ARN, in order of adding."""
        return {activity.arn: activity for activity in self.records.activities.values()}

    @activities.setter
    def activities(self, activities: dict[str, Any]) -> None:
        """As for ``state_machines``."""

    @property
    def tagger(self) -> TaggingService:
        """The tagger through which moto reads and writes the tags of state machines and activities."""
        tagger = TaggingService(tag_name="tags", key_name="key", value_name="value")
        live: dict[str, Any] = {resource.arn: resource.tags for resource in tagged_resources(self.records)}
        tagger.tags = live
        return tagger

    @tagger.setter
    def tagger(self, tagger: TaggingService) -> None:
        """As for ``state_machines``."""

    def reset(self) -> None:
        """Start empty, unless a mock holds this backend: then only that mock empties it.

        moto calls this when a ``mock_aws`` begins or ends. Records that a test holds stay readable.
        """
        if not self.held:
            self._begin_anew().close()

    def hold(self, simulation: Simulation, task_mocks: TaskMocks, naive_dates: NaiveDateCheck) -> None:
        """Make this the backend of a mock, with its simulation, task mocks and check of dates."""
        self.held = True
        self.records.simulation = simulation
        self.records.task_mocks = task_mocks
        self.records.naive_dates = naive_dates

    def empty(self) -> None:
        """Start empty; records that a test holds can no longer be read."""
        self._begin_anew().drop()

    def _begin_anew(self) -> Records:
        """Take empty records, and return those held until now."""
        records = self.records
        anew = SFNBackend(self.region_name, self.account_id)
        anew.held, anew.records.simulation = self.held, records.simulation
        anew.records.task_mocks, anew.records.naive_dates = records.task_mocks, records.naive_dates
        # In one assignment, because other threads may call meanwhile: moto's own reset leaves no attributes in between.
        self.__dict__ = vars(anew)
        session_coverage.leave(records)
        return records

    # --- moto's interface ----------------------------------------------------------------------------------------
    #
    # CloudFormation and EventBridge call these, and so can any code that reads moto's dictionary of backends.
    # Their results are typed Any, because moto's signatures name moto's own classes.

    def call(self, operation: str, **members: Any) -> Answer:
        """Check the members against the model, as a call through a client does, and run the operation."""
        constraints.check(operation, members)
        return pipeline.run(operation, self.records, members, _as_it_is)

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
        """Make the machine, or find the existing one, and return it as a StateMachineResource."""
        created = self.call(
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
        return self.describe_state_machine(created["stateMachineArn"])

    def describe_state_machine(self, arn: str) -> Any:
        """Return the machine or version as a StateMachineResource."""
        self.call("DescribeStateMachine", stateMachineArn=arn)
        machine, version = find_qualified(self.records, arn)
        assert not isinstance(version, Alias), "DescribeStateMachine refuses an alias"
        return StateMachineResource(machine, version)

    def list_state_machines(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """Return a page of StateMachineResources, and the token for the next."""
        page = self.call("ListStateMachines", maxResults=max_results, nextToken=next_token)
        machines = [self.describe_state_machine(item["stateMachineArn"]) for item in page["stateMachines"]]
        return machines, page.get("nextToken")

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
        """Update the machine, and return it as a StateMachineResource."""
        self.call(
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
        return self.describe_state_machine(arn)

    def delete_state_machine(self, arn: str) -> None:
        """Delete a state machine, for moto's CloudFormation."""
        self.call("DeleteStateMachine", stateMachineArn=arn)

    def create_state_machine_alias(
        self, name: str, routing_configuration: list[dict[str, Any]], description: str | None
    ) -> Any:
        """Make the alias, or find the existing one, and return it as an AliasResource."""
        created = self.call(
            "CreateStateMachineAlias", name=name, routingConfiguration=routing_configuration, description=description
        )
        return self.describe_state_machine_alias(created["stateMachineAliasArn"])

    def describe_state_machine_alias(self, arn: str) -> Any:
        """Return the alias as an AliasResource."""
        described = self.call("DescribeStateMachineAlias", stateMachineAliasArn=arn)
        _, alias = find_qualified(self.records, arn)
        assert isinstance(alias, Alias)
        return AliasResource(alias, described["routingConfiguration"])

    def list_state_machine_aliases(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, arn: str, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """Return a page of AliasResources, and the token for the next."""
        page = self.call("ListStateMachineAliases", stateMachineArn=arn, maxResults=max_results, nextToken=next_token)
        aliases = [
            self.describe_state_machine_alias(item["stateMachineAliasArn"]) for item in page["stateMachineAliases"]
        ]
        return aliases, page.get("nextToken")

    def update_state_machine_alias(
        self, arn: str, description: str | None, routing_configuration: list[dict[str, Any]] | None
    ) -> Any:
        """Update the alias, and return it as an AliasResource."""
        self.call(
            "UpdateStateMachineAlias",
            stateMachineAliasArn=arn,
            description=description,
            routingConfiguration=routing_configuration,
        )
        return self.describe_state_machine_alias(arn)

    def delete_state_machine_alias(self, arn: str) -> None:
        """Delete an alias of a state machine, for moto's callers."""
        self.call("DeleteStateMachineAlias", stateMachineAliasArn=arn)

    def start_execution(
        self,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> Any:
        """Start an execution, or find the running one; moto's EventBridge passes an empty name for none."""
        started = self.call(
            "StartExecution",
            stateMachineArn=state_machine_arn,
            name=name or None,
            input=execution_input,
            traceHeader=trace_header,
        )
        return self._execution(started["executionArn"])

    def stop_execution(self, execution_arn: str) -> Any:
        """Abort the execution unless it has ended, and return it."""
        self.call("StopExecution", executionArn=execution_arn)
        return self._execution(execution_arn)

    def describe_execution(self, execution_arn: str) -> Any:
        """Return the execution."""
        self.call("DescribeExecution", executionArn=execution_arn)
        return self._execution(execution_arn)

    def describe_state_machine_for_execution(self, execution_arn: str) -> Any:
        """Return the state machine, in the revision that the execution runs, as a StateMachineResource."""
        self.call("DescribeStateMachineForExecution", executionArn=execution_arn)
        execution = self._record_of(execution_arn)
        return StateMachineResource(execution.state_machine, revision=execution.revision)

    def list_executions(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self,
        state_machine_arn: str,
        status_filter: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Any:
        """Return a page of executions, and the token for the next."""
        page = self.call(
            "ListExecutions",
            stateMachineArn=state_machine_arn,
            statusFilter=status_filter,
            maxResults=max_results,
            nextToken=next_token,
        )
        return [self._execution(item["executionArn"]) for item in page["executions"]], page.get("nextToken")

    def create_activity(
        self,
        name: str,
        tags: list[dict[str, str]] | None = None,
        encryption_configuration: dict[str, Any] | None = None,
    ) -> Any:
        """Make the activity, or find the existing one, and return it."""
        self.call("CreateActivity", name=name, tags=tags, encryptionConfiguration=encryption_configuration)
        return self.records.activities[name]

    def describe_activity(self, activity_arn: str) -> Any:
        """Return the activity."""
        return self.records.activities[self.call("DescribeActivity", activityArn=activity_arn)["name"]]

    def delete_activity(self, activity_arn: str) -> None:
        """Delete an activity, for moto's callers."""
        self.call("DeleteActivity", activityArn=activity_arn)

    def list_activities(  # type: ignore[override]  # moto's is typed by a decorator as taking anything
        self, max_results: int | None = None, next_token: str | None = None
    ) -> Any:
        """Return a page of activities, and the token for the next."""
        page = self.call("ListActivities", maxResults=max_results, nextToken=next_token)
        return [self.records.activities[item["name"]] for item in page["activities"]], page.get("nextToken")

    def send_task_success(self, task_token: str, outcome: str) -> None:
        """Send the result of a task, for moto's callers."""
        self.call("SendTaskSuccess", taskToken=task_token, output=outcome)

    def send_task_failure(self, task_token: str, error: str | None = None) -> None:
        """Send the error of a task, for moto's callers."""
        self.call("SendTaskFailure", taskToken=task_token, error=error)

    def send_task_heartbeat(self, task_token: str) -> None:
        """Send a heartbeat of a task, for moto's callers."""
        self.call("SendTaskHeartbeat", taskToken=task_token)

    def list_tags_for_resource(self, arn: str) -> dict[str, list[dict[str, str]]]:
        """Return the tags as the API spells them, under ``tags``."""
        return self.call("ListTagsForResource", resourceArn=arn)

    def tag_resource(self, arn: str, tags: dict[str, str] | list[dict[str, str]]) -> None:
        """Add tags; older versions of moto pass them as the API spells them, newer ones as a dict."""
        if isinstance(tags, dict):
            tags = [{"key": key, "value": value} for key, value in tags.items()]
        self.call("TagResource", resourceArn=arn, tags=tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a resource, for moto's callers."""
        self.call("UntagResource", resourceArn=arn, tagKeys=tag_keys)

    def _execution(self, arn: str) -> ExecutionResource:
        return ExecutionResource(self._record_of(arn))

    def _record_of(self, arn: str) -> Execution:
        execution = self.records.find_execution(arn)
        assert execution is not None, "an answer has named it"
        return execution

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the state machines and activities with their tags, for the Resource Groups Tagging API."""
        # Older versions of moto have no such class and search state machines themselves.
        from moto.core.resource_tagging import TaggedResource

        with self.records.using():
            resources = list(tagged_resources(self.records))
        for resource in resources:
            kind = "activity" if isinstance(resource, Activity) else "stateMachine"
            yield TaggedResource(arn=resource.arn, tags=dict(resource.tags), resource_type=f"states:{kind}")


def _as_it_is(moment: int) -> int:
    """Return a date of an answer unchanged, in milliseconds."""
    return moment
