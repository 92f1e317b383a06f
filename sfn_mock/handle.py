"""The handle: what a test holds to seed executions and to look at what its code did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count
from os import PathLike
from typing import Any, Protocol, TypeVar

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
from sfn_mock.suggestions import closest
from sfn_mock.types import Duration, MachineType
from sfn_mock.views import Execution, Executions, MapRun, Replay, StateMachine


class StepFunctionsMock:
    """The Step Functions of every account and region, as one test sees them.

    ``mock_sfn_executions`` and the fixture give it out; it ends with the mock. ``account_id`` and ``region`` are
    where seeds go and calls arrive unless they say otherwise.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def account_id(self) -> str:
        """The account of seeds and calls, unless they say otherwise."""
        return self._session.account_id

    @property
    def region(self) -> str:
        """The region of seeds, and of calls that name none."""
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
        """Seed a state machine and return it, to add executions to.

        Args:
            name: The machine's name.
            type: STANDARD or EXPRESS.
            definition: Amazon States Language, as JSON text or a dict; a single Pass state unless given.
            role_arn: The ARN of its role.
            creation_date: When it was created; now unless given.
            region: Its region; the mock's unless given.
            account_id: Its account; the mock's unless given.

        Raises:
            ValueError: For what AWS could never show, a name that is taken, or a definition that CreateStateMachine
                refuses, in AWS's words.
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
        """Run a definition with the input and the outcomes of tasks of a recorded execution.

        The definition becomes that of a new STANDARD state machine, ``replay-1``, ``replay-2`` and so on.

        Args:
            definition: JSON text, or the definition as a dict.
            history: As of ``StateMachine.replay``.
            children: As of ``StateMachine.replay``.

        Returns:
            The replayed execution, and where it does not do what the recorded one did.

        Raises:
            ValueError: Unless the definition can run, and the histories are those of executions.
        """
        text = json.dumps(definition) if isinstance(definition, Mapping) else definition
        with self._session.records().using():
            taken = {machine.name for machine in self._machine_records()}
            name = next(name for number in count(1) if (name := f"replay-{number}") not in taken)
            machine = self.add_state_machine(name, definition=text)
            return machine.replay(history, children=children)

    def load(self, source: Source, *, parent: Execution | None = None) -> Executions:
        """Seed what ListExecutions, DescribeExecution or a ResultWriter showed, and return the executions.

        ``source`` is a path, JSON or YAML text, the parsed dict, or a list of items, descriptions or pages. Input,
        output, error and cause are kept where it tells them. Its dates may be epoch seconds (AWS CLI v1), ISO 8601 (v2)
        or datetimes (boto3). State machines, versions, aliases and map runs named in it come into being, in the account
        and region of their ARNs; ``parent`` becomes the parent of such a map run. Listing gives the items back in the
        source's order. What is stored already is skipped; ValueError, and nothing stored, for an item that differs from
        a stored one or that AWS could never show; FileNotFoundError for a path that leads to no file. SeedWarning for
        an account other than the mock's, for members that AWS does not have, and for a start after now.
        """
        self._session.check_open()
        with clock.read_once():
            return load(self._session.records, self.account_id, source, parent)

    def seed(self, source: Document) -> list[StateMachine]:
        """Seed what a document says, in JSON, YAML or a dict, and return its state machines.

        ``source`` is a path, a text that begins with ``{`` or has several lines, or a dict. It holds ``state_machines``
        with all that belongs to them, under the names of the arguments of the seeding calls; a state machine that
        exists already is added to. Dates may also be like ``-2h``, and lengths of time are like ``5m`` or ``PT5M``.
        ValueError, naming the place in the document, and nothing stored, for what AWS could never show;
        FileNotFoundError for a path that leads to no file. docs/seeding.md and docs/server.md have it in full.
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
        """Say what tasks come to in executions of any state machine, from now on.

        What ``StateMachine.mock_task`` says of a state goes first, then what is said here of a name, then what is said
        of a resource, the latest first.

        Args:
            state_or_resource: The name of a Task state, in whichever machine; or the ARN of a resource, in which ``*``
                stands for any text, such as ``arn:aws:states:::sqs:*``.
            outcomes: As for ``StateMachine.mock_task``, as are the others.
            result: The result of the task.
            error: The error's name, in place of a result.
            cause: The error's cause.
            duration: How long the task takes.
            strict: Whether a result that the service's API could not give is refused.

        Raises:
            ValueError: If no machine has such a Task state, or for an outcome that cannot be.
        """
        self._session.check_open()
        execution_mode.check_on("mock_task")
        said = TaskOutcome(result, error, cause, duration)
        mocks, machines = self._session.task_mocks, self._machine_records()
        task_mocks.mock_anywhere(mocks, machines, state_or_resource, outcomes, said, strict)

    def mock_lambda(self, name: str, handler: Callable[[Any, Any], Any]) -> None:
        """Have a handler stand in for a Lambda function wherever a task invokes it, from now on.

        It is called as ``handler(event, context)`` when the task is due. What it returns is the function's answer; an
        exception is the function's error, named after its class, or by its ``error`` for a TaskError. It may call Step
        Functions.

        Args:
            name: The function's name, or its ARN, of which region and account are not looked at. With a version or an
                alias behind it, the handler stands in for that one alone.
            handler: The handler of the function, or another callable.

        Raises:
            ValueError: If the name is none that a function can have, or the handler cannot be called, or is async.
        """
        self._session.check_open()
        execution_mode.check_on("mock_lambda")
        task_mocks.mock_function(self._session.task_mocks, name, handler)

    def load_mock_config(self, source: str | PathLike[str] | Mapping[str, Any]) -> None:
        """Take the test cases of a mock config of AWS Step Functions Local.

        ``start_execution(stateMachineArn=machine.arn + "#HappyPath")`` then starts an execution whose states are
        answered as the case ``HappyPath`` says. States that the case does not name run as without it. A machine that a
        config loaded earlier names too has the cases of the later one.

        Args:
            source: The path of a MockConfigFile.json, or the dict that it holds.

        Raises:
            ValueError: For a mistake in the config; nothing of it is taken then.
            FileNotFoundError: If there is no such file.
        """
        self._session.check_open()
        execution_mode.check_on("load_mock_config")
        self._session.task_mocks.cases.update(read_mock_config(source, self._machine_records()))

    # --- What goes wrong -----------------------------------------------------------------------------------------

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
        """Have requests end in ``error``, and return the fault, to count or remove.

        ``operation`` is its API or snake_case name. ``error`` is one of the operation's own, one that any operation
        may end in (``ThrottlingException``, ``AccessDeniedException``, ``InternalServerError``,
        ``ServiceUnavailable``, ...) or one of the connection (``ConnectionError``, ``ConnectTimeout``,
        ``ReadTimeout``, ...). botocore repeats requests as it does on AWS, and each counts: the first ``skip`` pass,
        the next ``times`` are struck, or with None all until ``remove()``. ``when`` takes a request's parameters, in
        the API's spelling, and says whether it counts at all. ``message`` replaces AWS's sentence. A request that is
        struck changes nothing. ValueError, naming what there is, for unknown operations and errors.
        """
        self._session.check_open()
        return self._session.faults.add(Fault(operation, error, times=times, skip=skip, when=when, message=message))

    # --- Looking -------------------------------------------------------------------------------------------------

    @property
    def state_machines(self) -> list[StateMachine]:
        """The state machines of every account and region, in order of adding within each."""
        return [StateMachine(machine) for machine in self._machine_records()]

    def _machine_records(self) -> list[kept.StateMachine]:
        return self._session.gather(lambda records: records.state_machines.values())

    def get_state_machine(self, arn_or_name: str) -> StateMachine:
        """The state machine of that ARN or, in the mock's own account and region, name; LookupError if none."""
        machines = self._machine_records()
        own = self._session.records()
        for machine in machines:
            if machine.name == arn_or_name and machine.records is own:
                return StateMachine(machine)
        return StateMachine(_find(arn_or_name, "state machine", machines))

    def get_execution(self, arn: str) -> Execution:
        """The execution of that ARN, child executions included, listed yet or not; LookupError if none."""
        with clock.read_once():
            for found in self._session.gather(lambda records: [records.find_execution(arn)]):
                if found is not None:
                    return Execution(found)
            executions = [execution for scope in self._session.execution_scopes() for execution in scope.executions]
            raise _none_such(arn, "execution", executions)

    def get_map_run(self, arn: str) -> MapRun:
        """The map run of that ARN; LookupError if none."""
        map_runs = self._session.gather(lambda records: records.map_runs.values())
        return MapRun(_find(arn, "map run", map_runs))

    @property
    def calls(self) -> Calls:
        """The calls that the mock has answered so far, oldest first; it goes on growing, and ``reset`` empties it.

        Each request counts, also one that botocore repeats. ``sfn.calls.of("ListExecutions")`` are those of one
        operation; ``str(sfn.calls)`` is a table to print. It keeps 32 MiB: of what is more the oldest answers go, then
        the oldest calls, of which a warning tells.
        """
        self._session.check_open()
        self._session.call_log.warn_of_dropped()
        return self._session.call_log.calls

    def coverage(self) -> CoverageReport:
        """Return what executions, and TestState, have taken of the definitions of all state machines by now.

        Machines of one name, in any account and region, are joined if their definitions have the same states, rules,
        catchers and retriers.
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
        """Where a server answers for this mock, such as ``http://127.0.0.1:5000``; RuntimeError where none does."""
        self._session.check_open()
        if not self._session.endpoint_urls:
            raise RuntimeError("No server answers for this mock: begin one with sfn_mock.server().")
        return self._session.endpoint_urls[-1]

    # --- Checking ------------------------------------------------------------------------------------------------

    def partial_listing(self) -> AbstractContextManager[None]:
        """Meanwhile the code under test means to stop before the end of a list, and ``check_paging`` lets it.

        Any mock has it, so that a test reads the same with and without the check.
        """
        self._session.check_open()
        return self._session.paging.partial()

    # --- Reset ---------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Empty everything. Records handed out before raise RuntimeError from here on; old page tokens are invalid.

        Faults are removed, and the calls so far forgotten. Calls that other threads make meanwhile find the store as it
        was or empty.

        Raises:
            RuntimeError: If the mock has ended.
        """
        self._session.reset()


class _Record(Protocol):
    @property
    def arn(self) -> str: ...


_Any = TypeVar("_Any", bound=_Record)

#: How many of the existing ARNs a LookupError names.
_NAMED = 10
#: With how many of them it compares the one that was asked for.
_COMPARED = 1000


def _find(arn: str, kind: str, records: list[_Any]) -> _Any:
    for record in records:
        if record.arn == arn:
            return record
    raise _none_such(arn, kind, records)


def _none_such(arn: str, kind: str, records: Sequence[_Record]) -> LookupError:
    known = [record.arn for record in records[:_COMPARED]]
    more = f" and {len(records) - _NAMED} more" if len(records) > _NAMED else ""
    meant = closest(arn, known if ":" in str(arn) else [other.rpartition(":")[2] for other in known])
    hint = f" Did you mean {meant!r}?" if meant is not None else ""
    return LookupError(f"No {kind} {arn!r}.{hint} Known: {', '.join(known[:_NAMED]) or 'none'}{more}.")
