"""Facts that were recorded on AWS, each with a call or a small definition of our own that shows it.

A row names the rule of docs/conformance.md that it stands for. In parameters and answers, ``{prefix}`` is what ARNs
begin with in the account, ``{role}`` the role of state machines, and ``{orders}``, ``{quick}`` and ``{run}`` are the
ARNs of a STANDARD machine, an EXPRESS machine and an execution of the first that has SUCCEEDED.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CONSTRAINT = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must "
PASS = {"Type": "Pass", "End": True}


@dataclass(frozen=True)
class CallFact:
    """A call and its error, or members of its answer."""

    id: str
    rule: str
    operation: str
    parameters: Mapping[str, Any]
    #: Code and sentence.
    error: tuple[str, str] | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    #: How many state transitions it costs.
    transitions: int = 0


@dataclass(frozen=True)
class RunFact:
    """A definition that runs, and how it ends."""

    id: str
    rule: str
    states: Mapping[str, Any]
    #: Members of DescribeExecution's answer.
    ended: Mapping[str, Any]
    #: Types of events, each with its previousEventId.
    events: Sequence[tuple[str, int]]
    input: str = "{}"
    transitions: int = 3


@dataclass(frozen=True)
class DefinitionFact:
    """A definition, and the diagnostics that it gets: code, message and location."""

    id: str
    rule: str
    definition: str
    diagnostics: Sequence[tuple[str, str, str | None]]


CALLS = [
    CallFact(
        "a status in lower case",
        "An unknown statusFilter is a ValidationException that lists the statuses in a fixed order; upper and lower "
        "case differ.",
        "ListExecutions",
        {"stateMachineArn": "{orders}", "statusFilter": "succeeded"},
        (
            "ValidationException",
            CONSTRAINT.format("succeeded", "statusFilter")
            + "satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
        ),
    ),
    CallFact(
        "a page of 1001",
        "maxResults over 1000 is a ValidationException.",
        "ListExecutions",
        {"stateMachineArn": "{orders}", "maxResults": 1001},
        ("ValidationException", CONSTRAINT.format("1001", "maxResults") + "have value less than or equal to 1000"),
    ),
    CallFact(
        "a token that is too long",
        "A nextToken of more than 3096 characters is a ValidationException that repeats all of it.",
        "ListExecutions",
        {"stateMachineArn": "{orders}", "nextToken": "x" * 3097},
        (
            "ValidationException",
            CONSTRAINT.format("x" * 3097, "nextToken") + "have length less than or equal to 3096",
        ),
    ),
    CallFact(
        "text that is not an ARN",
        'A text that is not an ARN is InvalidArn, whose sentence says "Invalid ARN prefix" and repeats the text.',
        "ListExecutions",
        {"stateMachineArn": "no arn"},
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: no arn'"),
    ),
    CallFact(
        "a machine that is not there",
        "The ARN of a missing machine is StateMachineDoesNotExist with the ARN.",
        "ListExecutions",
        {"stateMachineArn": "{prefix}stateMachine:sfn-mock-nothing"},
        (
            "StateMachineDoesNotExist",
            "State Machine Does Not Exist: '{prefix}stateMachine:sfn-mock-nothing'",
        ),
    ),
    CallFact(
        "executions of an EXPRESS machine",
        "The ARN of an EXPRESS machine is StateMachineTypeNotSupported.",
        "ListExecutions",
        {"stateMachineArn": "{quick}"},
        ("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"),
    ),
    CallFact(
        "nothing to list",
        "If there is nothing to list, `executions` is an empty list.",
        "ListExecutions",
        {"stateMachineArn": "{orders}", "statusFilter": "ABORTED"},
        answer={"executions": []},
    ),
    CallFact(
        "a start of a machine that is not there",
        "StartExecution refuses a wrong ARN with InvalidArn or StateMachineDoesNotExist, as ListExecutions does.",
        "StartExecution",
        {"stateMachineArn": "{prefix}stateMachine:sfn-mock-nothing"},
        (
            "StateMachineDoesNotExist",
            "State Machine Does Not Exist: '{prefix}stateMachine:sfn-mock-nothing'",
        ),
    ),
    CallFact(
        "input of a single word",
        "An input of a bare word, of single quotes or of no text is InvalidExecutionInput with the parser's sentence.",
        "StartExecution",
        {"stateMachineArn": "{orders}", "input": "hello"},
        (
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Unrecognized token 'hello': was expecting (JSON String, Number, "
            "Array, Object or token 'null', 'true' or 'false')'",
        ),
    ),
    CallFact(
        "empty input",
        "An input of a bare word, of single quotes or of no text is InvalidExecutionInput with the parser's sentence.",
        "StartExecution",
        {"stateMachineArn": "{orders}", "input": ""},
        ("InvalidExecutionInput", "Invalid State Machine Execution Input: 'Invalid execution input.'"),
    ),
    CallFact(
        "a name that is taken",
        "The name of a closed execution is taken, even for a start with the same input.",
        "StartExecution",
        {"stateMachineArn": "{orders}", "name": "run"},
        ("ExecutionAlreadyExists", "Execution Already Exists: '{run}'"),
    ),
    CallFact(
        "an execution that is not there",
        "A missing execution is ExecutionDoesNotExist, and an ARN of another kind is InvalidArn.",
        "DescribeExecution",
        {"executionArn": "{run}-not"},
        ("ExecutionDoesNotExist", "Execution Does Not Exist: '{run}-not'"),
    ),
    CallFact(
        "an execution that succeeded",
        "The reason of RUNNING and SUCCEEDED executions names their status, without a full stop.",
        "DescribeExecution",
        {"executionArn": "{run}"},
        answer={
            "status": "SUCCEEDED",
            "input": "{}",
            "output": "{}",
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        },
    ),
    CallFact(
        "an execution of an EXPRESS machine",
        "DescribeExecution and StopExecution of an execution of an EXPRESS machine are InvalidArn.",
        "StopExecution",
        {"executionArn": "{prefix}express:sfn-mock-quick:a:b"},
        ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'"),
    ),
    CallFact(
        "a synchronous start of a STANDARD machine",
        "StartSyncExecution needs an EXPRESS machine; others are StateMachineTypeNotSupported.",
        "StartSyncExecution",
        {"stateMachineArn": "{orders}"},
        ("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"),
    ),
    CallFact(
        "a synchronous start",
        "StartSyncExecution bills 64 MB, and whole 100 milliseconds.",
        "StartSyncExecution",
        {"stateMachineArn": "{quick}", "input": "7"},
        answer={"status": "SUCCEEDED", "output": "7", "billingDetails.billedMemoryUsedInMB": 64},
    ),
    CallFact(
        "a description of a version without one",
        "versionDescription without publish is a ValidationException.",
        "CreateStateMachine",
        {
            "name": "sfn-mock-never",
            "definition": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
            "roleArn": "{role}",
            "versionDescription": "first",
        },
        ("ValidationException", "Version description can only be set when publish is true"),
    ),
    CallFact(
        "a definition without states",
        "A definition without StartAt or States is InvalidDefinition with the fields.",
        "CreateStateMachine",
        {"name": "sfn-mock-never", "definition": '{"StartAt": "A"}', "roleArn": "{role}"},
        (
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
        ),
    ),
    CallFact(
        "an update of nothing",
        "UpdateStateMachine without a change is MissingRequiredParameter.",
        "UpdateStateMachine",
        {"stateMachineArn": "{orders}"},
        (
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
            "specified",
        ),
    ),
    CallFact(
        "deletion of what is not there",
        "The deletion of a missing machine succeeds.",
        "DeleteStateMachine",
        {"stateMachineArn": "{prefix}stateMachine:sfn-mock-nothing"},
    ),
    CallFact(
        "an alias of digits",
        "A pattern must match the whole value.",
        "CreateStateMachineAlias",
        {"name": "123", "routingConfiguration": [{"stateMachineVersionArn": "{orders}:1", "weight": 100}]},
        (
            "ValidationException",
            CONSTRAINT.format("123", "name")
            + r"satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$",
        ),
    ),
    CallFact(
        "a name that is too long",
        "A name that is too long is a ValidationException, not an InvalidName.",
        "CreateStateMachineAlias",
        {"name": "a" * 81, "routingConfiguration": [{"stateMachineVersionArn": "{orders}:1", "weight": 100}]},
        ("ValidationException", CONSTRAINT.format("a" * 81, "name") + "have length less than or equal to 80"),
    ),
    CallFact(
        "weights that sum to 99",
        "A routing to no version, twice to the same, or with weights that do not sum to 100, has its own sentence.",
        "CreateStateMachineAlias",
        {"name": "never", "routingConfiguration": [{"stateMachineVersionArn": "{orders}:1", "weight": 99}]},
        ("ValidationException", "Sum of routing configuration weights must equal 100. Received: [99]"),
    ),
    CallFact(
        "a weight of 101",
        "Elements of a list have paths that count from 1, followed by `member`.",
        "CreateStateMachineAlias",
        {"name": "never", "routingConfiguration": [{"stateMachineVersionArn": "{orders}:1", "weight": 101}]},
        (
            "ValidationException",
            CONSTRAINT.format("101", "routingConfiguration.1.member.weight") + "have value less than or equal to 100",
        ),
    ),
    CallFact(
        "an alias that is not there",
        "A missing alias is ResourceNotFound, in a sentence without the ARN.",
        "UpdateStateMachineAlias",
        {"stateMachineAliasArn": "{orders}:nobody", "description": "new"},
        ("ResourceNotFound", "Request references a resource that does not exist."),
    ),
    CallFact(
        "a token of nobody",
        "An unknown task token is InvalidToken.",
        "SendTaskSuccess",
        {"taskToken": "nobody", "output": "{}"},
        ("InvalidToken", "Invalid Token: 'Invalid token'"),
    ),
    CallFact(
        "an activity that is not there",
        "A missing activity is ActivityDoesNotExist with the ARN.",
        "DescribeActivity",
        {"activityArn": "{prefix}activity:sfn-mock-nothing"},
        ("ActivityDoesNotExist", "Activity Does Not Exist: '{prefix}activity:sfn-mock-nothing'"),
    ),
    CallFact(
        "a name with a blank",
        'White space, brackets, wildcards, `" # % \\ ^ ~ $ & , ; : /`, the pipe, the backtick and control characters '
        "make a name InvalidName.",
        "CreateActivity",
        {"name": "two words"},
        ("InvalidName", "Invalid Name: 'two words'"),
    ),
    CallFact(
        "tags of a version",
        "An operation on tags with the ARN of a version is ResourceNotFound.",
        "TagResource",
        {"resourceArn": "{orders}:1", "tags": [{"key": "a", "value": "b"}]},
        ("ResourceNotFound", "Resource not found: '{orders}:1'"),
    ),
]

RUNS = [
    RunFact(
        "two states that pass",
        "Ids count from 1, and the first two events have previousEventId 0.",
        {"A": {"Type": "Pass", "Result": 3, "ResultPath": "$.a", "Next": "B"}, "B": {"Type": "Succeed"}},
        {"status": "SUCCEEDED", "output": '{"a":3}'},
        [
            ("ExecutionStarted", 0),
            ("PassStateEntered", 0),
            ("PassStateExited", 2),
            ("SucceedStateEntered", 3),
            ("SucceedStateExited", 4),
            ("ExecutionSucceeded", 5),
        ],
    ),
    RunFact(
        "a definition that times out",
        "ExecutionTimedOut has States.Timeout, and DescribeExecution has neither error nor cause.",
        {"A": {"Type": "Wait", "Seconds": 5, "End": True}},
        {"status": "TIMED_OUT", "error": None, "cause": None, "redriveStatus": "REDRIVABLE"},
        [("ExecutionStarted", 0), ("WaitStateEntered", 0), ("ExecutionTimedOut", 0)],
        transitions=2,
    ),
    RunFact(
        "branches",
        "Map and Parallel states have events for their start, success and failure; no event follows MapStateSucceeded "
        "and ParallelStateSucceeded.",
        {"A": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": PASS}}], "End": True}},
        {"status": "SUCCEEDED", "output": "[{}]"},
        [
            ("ExecutionStarted", 0),
            ("ParallelStateEntered", 0),
            ("ParallelStateStarted", 2),
            ("PassStateEntered", 3),
            ("PassStateExited", 4),
            ("ParallelStateSucceeded", 5),
            ("ParallelStateExited", 5),
            ("ExecutionSucceeded", 7),
        ],
    ),
    RunFact(
        "a path to nothing, and one to many",
        "A definite path without a value fails; an indefinite one returns a list.",
        {"A": {**PASS, "Parameters": {"all.$": "$.items[*].none"}}},
        {"status": "SUCCEEDED", "output": '{"all":[]}'},
        [
            ("ExecutionStarted", 0),
            ("PassStateEntered", 0),
            ("PassStateExited", 2),
            ("ExecutionSucceeded", 3),
        ],
        input='{"items": [{"a": 1}]}',
        transitions=2,
    ),
]

DEFINITIONS = [
    DefinitionFact(
        "nothing in it",
        "A definition that CreateStateMachine would refuse is FAIL, in an answer with status 200.",
        "{}",
        [("SCHEMA_VALIDATION_FAILED", "These fields are required: [States, StartAt]", "/")],
    ),
    DefinitionFact(
        "a blank",
        "A diagnostic of the whole text has no location.",
        " ",
        [("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object", None)],
    ),
    DefinitionFact(
        "no JSON",
        "A text that is not JSON has the sentence of AWS's parser, with line and column.",
        "hello",
        [
            (
                "INVALID_JSON_DESCRIPTION",
                "Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "
                "or 'false')\n at [Source: (String)\"hello\"; line: 1, column: 6]",
                '[Source: (String)"hello"; line: 1, column: 6]',
            )
        ],
    ),
    DefinitionFact(
        "one state",
        "A definition that CreateStateMachine would refuse is FAIL, in an answer with status 200.",
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        [],
    ),
]
