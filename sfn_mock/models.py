"""The backend of one account and region, with the interface that moto expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from moto.core.utils import underscores_to_camelcase
from moto.stepfunctions.models import StepFunctionBackend
from moto.utilities.tagging_service import TaggingService

from sfn_mock.aws import constraints
from sfn_mock.aws.partitions import partition_of
from sfn_mock.instruments import session_coverage
from sfn_mock.operations import pipeline
from sfn_mock.operations.finding import find_qualified
from sfn_mock.operations.registry import Answer, DatesBy
from sfn_mock.operations.tags import tagged_resources
from sfn_mock.resources import AliasResource, ExecutionResource, StateMachineResource
from sfn_mock.state.records import Activity, Alias, Execution, Records
from sfn_mock.state.seed_warnings import NaiveDateCheck
from sfn_mock.state.simulation import Simulation
from sfn_mock.state.task_mocks import TaskMocks

if TYPE_CHECKING:
    from moto.core.resource_tagging import TaggedResource


def _execution(backend: SFNBackend, found: Answer) -> ExecutionResource:
    return ExecutionResource(_record_of(backend, found))


def _record_of(backend: SFNBackend, found: Answer) -> Execution:
    execution = backend.records.find_execution(found["executionArn"])
    assert execution is not None, "an answer has named it"
    return execution


def _machine(backend: SFNBackend, found: Answer) -> StateMachineResource:
    machine, version = find_qualified(backend.records, found["stateMachineArn"])
    assert not isinstance(version, Alias), "DescribeStateMachine refuses an alias"
    return StateMachineResource(machine, version)


def _machine_of_execution(backend: SFNBackend, found: Answer) -> StateMachineResource:
    execution = _record_of(backend, found)
    return StateMachineResource(execution.state_machine, revision=execution.revision)


def _alias(backend: SFNBackend, found: Answer) -> AliasResource:
    _, alias = find_qualified(backend.records, found["stateMachineAliasArn"])
    assert isinstance(alias, Alias)
    described = backend.call("DescribeStateMachineAlias", stateMachineAliasArn=alias.arn)
    return AliasResource(alias, described["routingConfiguration"])


def _activity(backend: SFNBackend, found: Answer) -> Activity:
    return backend.records.activities[found["name"]]


def _page(member: str, resource: Callable[[SFNBackend, Answer], Any]) -> Callable[[SFNBackend, Answer], Any]:
    """Return a function that makes moto's form of a page: the resources, and the token for the next page."""
    return lambda backend, answer: ([resource(backend, item) for item in answer[member]], answer["nextToken"])


def _nothing(backend: SFNBackend, found: Answer) -> None:
    """Return nothing, as moto's methods that delete or send do."""


def _runs(
    operation: str, parameters: str, result: Callable[[SFNBackend, Answer], Any] = _nothing, **members: str
) -> Callable[..., Any]:
    """Return a method of moto's interface that runs an operation of the API.

    Args:
        operation: The operation.
        parameters: The names of the method's parameters, in moto's order.
        result: Returns what moto's method returns, given the members of the request and of the answer.
        members: The members of the request whose parameters have other names, by these names.
    """
    names = {name: members.get(name) or underscores_to_camelcase(name) for name in parameters.split()}
    signature = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=None) for name in names])

    def method(self: SFNBackend, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        request = {names[name]: value for name, value in given.items()}
        # The request's token is not that of the next page.
        return result(self, {**request, "nextToken": None, **self.call(operation, **request)})

    return method


class SFNBackend(StepFunctionBackend):
    """Step Functions of one account in one region; ``records`` has everything that exists there."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self.records = Records(region_name, account_id, partition_of(region_name))
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
    # EventBridge and the tagging API call these, and so can any code that reads moto's dictionary of backends.

    def call(self, operation: str, **members: Any) -> Answer:
        """Check the members against the model, as a call through a client does, and run the operation.

        Dates in the answer are moments.
        """
        constraints.check(operation, members)
        return pipeline.run(operation, self.records, members, DatesBy(int))

    create_state_machine = _runs(
        "CreateStateMachine",
        "name definition roleArn tags publish loggingConfiguration tracingConfiguration encryptionConfiguration "
        "version_description sm_type",
        _machine,
        sm_type="type",
    )
    describe_state_machine = _runs("DescribeStateMachine", "arn", _machine, arn="stateMachineArn")
    list_state_machines = _runs("ListStateMachines", "max_results next_token", _page("stateMachines", _machine))
    update_state_machine = _runs(
        "UpdateStateMachine",
        "arn definition role_arn logging_configuration tracing_configuration encryption_configuration publish "
        "version_description",
        _machine,
        arn="stateMachineArn",
    )
    delete_state_machine = _runs("DeleteStateMachine", "arn", arn="stateMachineArn")

    create_state_machine_alias = _runs("CreateStateMachineAlias", "name routing_configuration description", _alias)
    describe_state_machine_alias = _runs("DescribeStateMachineAlias", "arn", _alias, arn="stateMachineAliasArn")
    list_state_machine_aliases = _runs(
        "ListStateMachineAliases",
        "arn max_results next_token",
        _page("stateMachineAliases", _alias),
        arn="stateMachineArn",
    )
    update_state_machine_alias = _runs(
        "UpdateStateMachineAlias", "arn description routing_configuration", _alias, arn="stateMachineAliasArn"
    )
    delete_state_machine_alias = _runs("DeleteStateMachineAlias", "arn", arn="stateMachineAliasArn")

    def start_execution(
        self,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> Any:
        """Start an execution, or find the running one; moto's EventBridge passes an empty name for none."""
        members = {"name": name or None, "input": execution_input, "traceHeader": trace_header}
        return _execution(self, self.call("StartExecution", stateMachineArn=state_machine_arn, **members))

    stop_execution = _runs("StopExecution", "execution_arn", _execution)
    describe_execution = _runs("DescribeExecution", "execution_arn", _execution)
    describe_state_machine_for_execution = _runs(
        "DescribeStateMachineForExecution", "execution_arn", _machine_of_execution
    )
    list_executions = _runs(
        "ListExecutions",
        "state_machine_arn status_filter max_results next_token",
        _page("executions", _execution),
    )

    create_activity = _runs("CreateActivity", "name tags encryption_configuration", _activity)
    describe_activity = _runs("DescribeActivity", "activity_arn", _activity)
    delete_activity = _runs("DeleteActivity", "activity_arn")
    list_activities = _runs("ListActivities", "max_results next_token", _page("activities", _activity))
    send_task_success = _runs("SendTaskSuccess", "task_token outcome", outcome="output")
    send_task_failure = _runs("SendTaskFailure", "task_token error")
    send_task_heartbeat = _runs("SendTaskHeartbeat", "task_token")

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

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the state machines and activities with their tags, for the Resource Groups Tagging API."""
        # Older versions of moto have no such class and search state machines themselves.
        from moto.core.resource_tagging import TaggedResource

        with self.records.using():
            resources = list(tagged_resources(self.records))
        for resource in resources:
            kind = "activity" if isinstance(resource, Activity) else "stateMachine"
            yield TaggedResource(arn=resource.arn, tags=dict(resource.tags), resource_type=f"states:{kind}")
