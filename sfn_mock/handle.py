"""The handle, with which a test seeds executions and inspects what its code did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from itertools import count
from os import PathLike
from typing import Any

from sfn_mock.asl.nodes import ABSENT
from sfn_mock.aws.accounts import check_account_id, check_region
from sfn_mock.instruments import task_mocks
from sfn_mock.instruments.calls import Calls
from sfn_mock.instruments.coverage import CoverageReport
from sfn_mock.instruments.coverage_log import CoverageLog
from sfn_mock.instruments.faults import Fault, When
from sfn_mock.instruments.recorded_events import History
from sfn_mock.instruments.replays import Children
from sfn_mock.instruments.task_mocks import Outcome as TaskOutcome
from sfn_mock.instruments.task_mocks import TaskOutcomes
from sfn_mock.lookups import find_record, none_such
from sfn_mock.operations import execution_mode
from sfn_mock.seeding import documents as seed_documents
from sfn_mock.seeding.documents import Document
from sfn_mock.seeding.exports import Source
from sfn_mock.seeding.loading import load
from sfn_mock.seeding.mock_config import read_mock_config
from sfn_mock.seeding.state_machines import seed_state_machine
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.types import Duration, MachineType
from sfn_mock.views import Execution, Executions, MapRun, Replay, StateMachine


class StepFunctionsMock:
    """The mocked Step Functions of every account and region, to seed and to inspect.

    ``mock_sfn_executions`` and the fixture ``sfn_executions`` return it. It can be used until the mock ends; after that
    its methods raise RuntimeError.
    """

    # An option that is set on the handle, or a misspelt name, is an AttributeError.
    __slots__ = ("__weakref__", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def account_id(self) -> str:
        """The account of seeds and of calls, unless they name another: 12 digits."""
        return self._session.account_id

    @property
    def region(self) -> str:
        """The region of seeds, and of calls that name none, such as ``us-east-1``."""
        return self._session.region

    # --- Seeding -------------------------------------------------------------------------------------------------

    def add_state_machine(
        self,
        name: str,
        *,
        type: MachineType = "STANDARD",
        definition: str | Mapping[str, Any] | None = None,
        role_arn: str | None = None,
        creation_date: clock.Date | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> StateMachine:
        """Seed a state machine.

        Args:
            name: The name of the state machine, unique in its account and region.
            type: STANDARD or EXPRESS.
            definition: The definition in Amazon States Language, as JSON text or a dict. Default: a single Pass state.
            role_arn: The ARN of its role. Default: a role named after the state machine.
            creation_date: When it was created; a date without a time zone is UTC. Default: now.
            region: Its region. Default: the region of the mock.
            account_id: Its account. Default: the account of the mock.

        Returns:
            The state machine, to which versions, aliases and executions can be added.

        Raises:
            ValueError: If an argument has a value that AWS could never show, the name is taken, or CreateStateMachine
                refuses the definition; then with AWS's sentence.
            RuntimeError: If the mock has ended.
        """
        if account_id is not None:
            check_account_id(account_id)
        if region is not None:
            check_region(region)
        records = self._session.records(account_id, region)
        with records.using() as moment:
            machine = seed_state_machine(
                records,
                moment,
                name,
                type=type,
                definition=definition,
                role_arn=role_arn,
                creation_date=creation_date,
            )
            return StateMachine(machine)

    def replay(
        self, *, definition: str | Mapping[str, Any], history: History, children: Children | None = None
    ) -> Replay:
        """Run a definition with the input and the task results of a recorded execution.

        The definition is added as a new STANDARD state machine, named ``replay-1``, ``replay-2`` and so on.

        Args:
            definition: The definition, as JSON text or a dict.
            history: See ``StateMachine.replay``.
            children: See ``StateMachine.replay``.

        Returns:
            The replayed execution, and its differences from the recorded one.

        Raises:
            ValueError: If the definition cannot run, or a history is not the complete history of an execution.
            FileNotFoundError: If a file does not exist.
            RuntimeError: If the mock has ended.
        """
        text = json.dumps(definition) if isinstance(definition, Mapping) else definition
        with self._session.records().using():
            taken = {machine.name for machine in self._machine_records()}
            name = next(name for number in count(1) if (name := f"replay-{number}") not in taken)
            machine = self.add_state_machine(name, definition=text)
            return machine.replay(history, children=children)

    def load(self, source: Source, *, parent: Execution | None = None) -> Executions:
        """Seed executions that ListExecutions, DescribeExecution or a ResultWriter printed.

        State machines, versions, aliases and map runs that the source names are created too, in the account and region
        of their ARNs. Input, output, error and cause are kept if the source has them. ListExecutions returns the loaded
        executions in the source's order. An execution that is stored already is skipped. SeedWarning is given for an
        account other than the mock's, for members that AWS does not have, and for a start after now.

        Args:
            source: A path, JSON, JSON Lines or YAML text, the parsed dict, or a list of executions, answers or pages.
                Dates may be epoch seconds (AWS CLI v1), ISO 8601 text (v2) or datetimes (boto3).
            parent: The execution that becomes the parent of the map runs in the source.

        Returns:
            One execution for each item of the source, in its order.

        Raises:
            ValueError: If an item has what AWS could never show, or differs from a stored execution of its name; then
                nothing is stored.
            FileNotFoundError: If the file does not exist.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        with clock.read_once():
            return load(self._session.records, self.account_id, source, parent)

    def seed(self, source: Document) -> list[StateMachine]:
        """Seed state machines and executions from a seed document in JSON, YAML or a dict.

        The document has the key ``state_machines``; below it, the keys are the names of the arguments of the seeding
        methods. Executions are added to a state machine that already exists. Dates may be like ``-2h``, and durations
        like ``5m`` or ``PT5M``. docs/seeding.md and docs/server.md describe all keys.

        Args:
            source: A path, JSON text that begins with ``{``, YAML text of several lines, or a dict.

        Returns:
            The state machines of the document, in its order.

        Raises:
            ValueError: If the document has an unknown key, or a value that AWS could never show. The message names the
                key, and nothing is stored.
            FileNotFoundError: If the file does not exist.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        with clock.read_once():
            return seed_documents.seed(self._session.records, source)

    # --- Tasks ---------------------------------------------------------------------------------------------------

    def mock_task(
        self,
        state_or_resource: str,
        outcomes: TaskOutcomes | None = None,
        /,
        *,
        result: Any = ABSENT,
        error: str | None = None,
        cause: str | None = None,
        duration: Duration | None = None,
        strict: bool = True,
    ) -> None:
        """Set the results of tasks in executions of any state machine, from now on.

        ``StateMachine.mock_task`` has priority over a state name given here, and a state name over a resource ARN.
        Among resource ARNs that match, the latest call has priority.

        Args:
            state_or_resource: The name of a Task state in any state machine; or the ARN of a resource, in which ``*``
                matches any text, such as ``arn:aws:states:::sqs:*``.
            outcomes: See ``StateMachine.mock_task``.
            result: The result of the task, a JSON value.
            error: The error's name, instead of a result.
            cause: The error's cause.
            duration: How long the task takes, a timedelta or text such as ``5m``. Default: no time.
            strict: Whether to refuse a result that the service's API cannot return.

        Raises:
            ValueError: If definitions do not run, no state machine has such a Task state, or an outcome is impossible.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        execution_mode.check_on("mock_task")
        outcome = TaskOutcome(result, error, cause, duration, strict)
        mocks, machines = self._session.task_mocks, self._machine_records()
        task_mocks.mock_anywhere(mocks, machines, state_or_resource, outcomes, outcome)

    def mock_lambda(self, name: str, handler: Callable[[Any, Any], Any]) -> None:
        """Set the handler that tasks call instead of a Lambda function, from now on.

        The handler is called as ``handler(event, context)`` when the task starts. It may call Step Functions. Its
        return value is the function's result. An exception is the function's error: named after its class, or after
        its ``error`` for a TaskError.

        Args:
            name: The name or ARN of the function; region and account of an ARN are ignored. With a version or alias
                qualifier, the handler replaces only that version or alias.
            handler: A plain function or another callable of event and context.

        Raises:
            ValueError: If definitions do not run, the name is not a Lambda function's, or the handler is not callable
                or is async.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        execution_mode.check_on("mock_lambda")
        task_mocks.mock_function(self._session.task_mocks, name, handler)

    def load_mock_config(self, source: str | PathLike[str] | Mapping[str, Any]) -> None:
        """Load the test cases of a mock config of AWS Step Functions Local.

        ``start_execution(stateMachineArn=machine.arn + "#HappyPath")`` then starts an execution whose tasks have the
        results of the case ``HappyPath``. Tasks that the case does not name run as usual. The cases of a state machine
        replace its cases of an earlier config.

        Args:
            source: The path of a MockConfigFile.json, or its content as a dict.

        Raises:
            ValueError: If definitions do not run, or the config has a mistake; then nothing of it is loaded.
            FileNotFoundError: If the file does not exist.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        execution_mode.check_on("load_mock_config")
        self._session.task_mocks.cases.update(read_mock_config(source, self._machine_records()))

    # --- Faults --------------------------------------------------------------------------------------------------

    def add_fault(
        self,
        operation: str,
        *,
        error: str,
        times: int | None = 1,
        skip: int = 0,
        when: When | None = None,
        message: str | None = None,
    ) -> Fault:
        """Make requests of an operation fail with an error of AWS or of the connection.

        botocore retries requests as it does with AWS, and each retry counts as a request. A request that fails changes
        nothing.

        Args:
            operation: The API name of the operation, or the name of boto3's method.
            error: An error of the operation; an error of every operation, such as ``ThrottlingException``,
                ``AccessDeniedException``, ``InternalServerError`` or ``ServiceUnavailable``; or an error of the
                connection, such as ``ConnectionError``, ``ConnectTimeout`` or ``ReadTimeout``.
            times: How many requests fail; None for all until ``remove()``.
            skip: How many requests succeed before the first one fails.
            when: A callable that is given the request's parameters, spelled as in the API. The request counts only if
                it returns a true value.
            message: The message of the error. Default: AWS's own.

        Returns:
            The fault, with the ``count`` of failed requests and ``remove()``.

        Raises:
            ValueError: If the operation or error is unknown, or another argument has a wrong value.
            RuntimeError: If the mock has ended.
        """
        self._session.check_open()
        return self._session.faults.add(Fault(operation, error, times=times, skip=skip, when=when, message=message))

    # --- Inspecting ----------------------------------------------------------------------------------------------

    @property
    def state_machines(self) -> list[StateMachine]:
        """The state machines of every account and region, in the order in which they were added to each."""
        return [StateMachine(machine) for machine in self._machine_records()]

    def _machine_records(self) -> list[kept.StateMachine]:
        return self._session.gather(lambda records: records.state_machines.values())

    def get_state_machine(self, arn_or_name: str) -> StateMachine:
        """Return the state machine with an ARN, or with a name in the mock's account and region.

        Args:
            arn_or_name: The ARN, or the name of a state machine in the mock's account and region.

        Raises:
            LookupError: If there is none. The message suggests the closest name and lists known ARNs.
            RuntimeError: If the mock has ended.
        """
        machines = self._machine_records()
        own = self._session.records()
        for machine in machines:
            if machine.name == arn_or_name and machine.records is own:
                return StateMachine(machine)
        return StateMachine(find_record(arn_or_name, "state machine", machines))

    def get_execution(self, arn: str) -> Execution:
        """Return the execution with an ARN; it may be a child execution, and may start after now.

        Args:
            arn: The ARN of the execution.

        Raises:
            LookupError: If there is none. The message suggests the closest name and lists known ARNs.
            RuntimeError: If the mock has ended.
        """
        with clock.read_once():
            for found in self._session.gather(lambda records: [records.find_execution(arn)]):
                if found is not None:
                    return Execution(found)
            executions = [execution for scope in self._session.execution_scopes() for execution in scope.executions]
            raise none_such(arn, "execution", executions)

    def get_map_run(self, arn: str) -> MapRun:
        """Return the map run with an ARN.

        Args:
            arn: The ARN of the map run.

        Raises:
            LookupError: If there is none. The message suggests the closest name and lists known ARNs.
            RuntimeError: If the mock has ended.
        """
        map_runs = self._session.gather(lambda records: records.map_runs.values())
        return MapRun(find_record(arn, "map run", map_runs))

    @property
    def calls(self) -> Calls:
        """The calls answered so far, oldest first; the list grows with each call, and ``reset()`` empties it.

        Each retry of botocore is a call of its own. ``sfn.calls.of("ListExecutions")`` returns the calls of one
        operation; ``str(sfn.calls)`` is a table. The record keeps up to 32 MiB: beyond that it drops the oldest
        answers first, then the oldest calls, and warns.
        """
        self._session.check_open()
        self._session.call_log.warn_of_dropped()
        return self._session.call_log.calls

    def coverage(self) -> CoverageReport:
        """Return the states, transitions and rules that executions and TestState have taken in all definitions.

        State machines with the same name, in any account and region, are counted together if their definitions have
        the same states, rules, catchers and retriers.
        """
        self._session.check_open()
        log = CoverageLog()
        with clock.read_once():
            for records in self._session.all_records():
                with records.using() as moment:
                    log.note(records, moment)
        return log.report()

    @property
    def endpoint_url(self) -> str:
        """The URL of the server of this mock, such as ``http://127.0.0.1:5000``.

        Raises:
            RuntimeError: If the mock has no server, or has ended.
        """
        self._session.check_open()
        if not self._session.endpoint_urls:
            raise RuntimeError("This mock has no server: start one with sfn_mock.server().")
        return self._session.endpoint_urls[-1]

    # --- Checking ------------------------------------------------------------------------------------------------

    def partial_listing(self) -> AbstractContextManager[None]:
        """Allow the code under test to stop before the last page: ``with sfn.partial_listing(): ...``.

        ``check_paging`` reports no unread page inside the block. Without ``check_paging`` the block does nothing.
        """
        self._session.check_open()
        return self._session.paging.partial()

    # --- Reset ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Delete everything: state machines, executions, activities, faults, task mocks and the record of calls.

        Records that the test still holds raise RuntimeError, and old page tokens are invalid. A concurrent call in
        another thread sees the store before or after the reset, never in between.

        Raises:
            RuntimeError: If the mock has ended.
        """
        self._session.reset()
