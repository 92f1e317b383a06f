"""The errors of the Step Functions API: code, sentence, extra members.

There is one class for each sentence. ``code`` is the exception's name in botocore's model; several sentences may have
one code. Templates are filled from keywords: ``raise StateMachineDoesNotExist(arn=arn)``. A sentence marked as ours is
not known to be AWS's; docs/conformance.md gives the evidence for its code.
"""

from __future__ import annotations

from typing import Any, ClassVar

from moto.core.exceptions import ServiceException

#: The prefix of an error's code in a body's ``__type``: for errors of the service itself ...
SERVICE_NAMESPACE = "com.amazonaws.swf.service.v2.model"
#: ... for errors of the front end, which checks a request against the API's model ...
FRONT_END_NAMESPACE = "com.amazon.coral.validate"
#: ... and for throttling errors, which come before these checks.
THROTTLE_NAMESPACE = "com.amazon.coral.availability"
#: Errors of the protocol, for requests without a known operation or with an unreadable body.
PROTOCOL_NAMESPACE = "com.amazon.coral.service"


class SFNError(ServiceException):
    """An error answer of the Step Functions API; its HTTP status is 400 unless the class has another."""

    status: ClassVar[int] = 400
    namespace: ClassVar[str] = SERVICE_NAMESPACE
    #: Members besides ``message``, by wire name; boto3 puts them at the top level of ``e.response``.
    extra_members: ClassVar[dict[str, str]] = {}

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.members: dict[str, str] = {
            member: template.format(**values) for member, template in self.extra_members.items()
        }


class ModelledError(SFNError):
    """An error that only faults use: its code is the model's, its sentence is an argument."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__()
        self.code = code
        self.message = message


# --- ARNs ------------------------------------------------------------------------------------------------------


class InvalidArn(SFNError):
    code = "InvalidArn"
    message = "Invalid Arn: 'Invalid ARN prefix: {arn}'"


class ResourceTypeNotValid(InvalidArn):
    message = "Invalid Arn: 'Resource type not valid in this context: {resource_type}'"


class ResourceTypeEmpty(InvalidArn):
    message = "Invalid Arn: 'Resource type can not be empty: {arn}'"


class InvalidRoleArn(InvalidArn):
    message = "Invalid Role Arn: '{arn}'"  # ours


# --- Missing resources -----------------------------------------------------------------------------------------


class StateMachineDoesNotExist(SFNError):
    code = "StateMachineDoesNotExist"
    message = "State Machine Does Not Exist: '{arn}'"


class ExecutionDoesNotExist(SFNError):
    code = "ExecutionDoesNotExist"
    message = "Execution Does Not Exist: '{arn}'"


class ResourceNotFound(SFNError):
    code = "ResourceNotFound"
    message = "Resource not found: '{arn}'"
    extra_members: ClassVar[dict[str, str]] = {"resourceName": "{arn}"}


class ReferenceNotFound(ResourceNotFound):
    """A missing alias, or a missing version of a routing configuration."""

    message = "Request references a resource that does not exist."


class ActivityDoesNotExist(SFNError):
    code = "ActivityDoesNotExist"
    message = "Activity Does Not Exist: '{arn}'"


# --- Unsupported types of state machines -----------------------------------------------------------------------


class StateMachineTypeNotSupported(SFNError):
    code = "StateMachineTypeNotSupported"
    message = "This operation is not supported by this type of state machine"


class StateMachineDeleting(SFNError):
    code = "StateMachineDeleting"
    message = "State Machine is being deleted: '{arn}'"


# --- Quotas ----------------------------------------------------------------------------------------------------


class ServiceQuotaExceeded(SFNError):
    code = "ServiceQuotaExceededException"
    message = "State Machine '{arn}' has reached its quota of {quota}."  # ours


class ExecutionLimitExceeded(SFNError):
    code = "ExecutionLimitExceeded"
    message = "The maximum number of running executions has been reached"  # ours


# --- Contradictory requests ------------------------------------------------------------------------------------


class ValidationException(SFNError):
    code = "ValidationException"


class ConstraintViolation(ValidationException):
    """The request violates the API's model; ``violations`` are the sentences of all violations."""

    namespace = FRONT_END_NAMESPACE
    message = "{count} {noun} detected: {sentences}"

    def __init__(self, violations: list[str]) -> None:
        noun = "validation error" if len(violations) == 1 else "validation errors"
        super().__init__(count=len(violations), noun=noun, sentences="; ".join(violations))


class NoArnGiven(ValidationException):
    message = "Must provide a StateMachine ARN or MapRun ARN"


class BothArnsGiven(ValidationException):
    message = "Must provide either a StateMachine ARN or MapRun ARN, but not both"  # ours


class PendingRedriveNeedsMapRun(ValidationException):
    message = "The PENDING_REDRIVE status filter requires a MapRun ARN"  # ours


class RedriveFilterNeedsMapRun(ValidationException):
    message = "A redrive filter requires a MapRun ARN"  # ours


class LabelledArnNotSupported(ValidationException):
    message = "This operation does not support labeled state machine ARNs: '{arn}'"  # ours
    extra_members: ClassVar[dict[str, str]] = {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"}


class NoMapRunSettingGiven(ValidationException):
    # ours
    message = "At least one of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage must be specified"
    extra_members: ClassVar[dict[str, str]] = {"reason": "MISSING_REQUIRED_PARAMETER"}


class MapRunCompleted(ValidationException):
    message = "Map Run has completed and cannot be updated: '{arn}'"  # ours
    extra_members: ClassVar[dict[str, str]] = {"reason": "CANNOT_UPDATE_COMPLETED_MAP_RUN"}


# --- Page tokens -----------------------------------------------------------------------------------------------


class InvalidToken(SFNError):
    code = "InvalidToken"
    message = "Invalid Token: 'Invalid token'"


# --- Names, inputs, definitions --------------------------------------------------------------------------------


class InvalidName(SFNError):
    code = "InvalidName"
    message = "Invalid Name: '{name}'"


class InvalidExecutionInput(SFNError):
    code = "InvalidExecutionInput"
    message = "Invalid State Machine Execution Input: '{reason}'"


class InvalidDefinition(SFNError):
    code = "InvalidDefinition"
    message = "Invalid State Machine Definition: '{reason}'"


class MissingRequiredParameter(SFNError):
    code = "MissingRequiredParameter"
    message = (
        "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"
    )


class InvalidLoggingConfiguration(SFNError):
    code = "InvalidLoggingConfiguration"


class LogDestinationsNotOne(InvalidLoggingConfiguration):
    message = "Invalid Logging Configuration: Must specify exactly one Log Destination."


class LogDestinationNotFound(InvalidLoggingConfiguration):
    message = "Invalid Logging Configuration: Log Destination not found."


class InvalidEncryptionConfiguration(SFNError):
    code = "InvalidEncryptionConfiguration"


class KmsKeyMissing(InvalidEncryptionConfiguration):
    message = "Invalid Encryption Configuration: Must specify a KMS key for type CUSTOMER_MANAGED_KMS_KEY."  # ours


class KmsKeyNotAllowed(InvalidEncryptionConfiguration):
    message = "Invalid Encryption Configuration: Must not specify a KMS key for type AWS_OWNED_KEY."  # ours


class KmsInvalidState(SFNError):
    code = "KmsInvalidStateException"
    message = "The KMS key is not in valid state, for example: Disabled or Deleted."  # ours
    extra_members: ClassVar[dict[str, str]] = {"kmsKeyState": "DISABLED"}


# --- TestState -------------------------------------------------------------------------------------------------


class TestedStateNotFound(ValidationException):
    message = "State not found in definition"


class TaskNeedsRole(ValidationException):
    message = "RoleArn must be specified when testing a Task state"


class StateNeedsMock(InvalidDefinition):
    message = (
        "TestState API does not support Map or Parallel states. "
        "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"
    )


class WaitingTaskNeedsMock(InvalidDefinition):
    message = "TestState API supports activities and the .sync and .waitForTaskToken patterns only with a mock"  # ours


class MockRefused(ValidationException):
    message = "{reason}"


class ContextRefused(ValidationException):
    message = "Invalid Context object provided: {reason}"


class MockedResultNotJson(ValidationException):
    message = "Mocked result must be valid JSON"


class ContextNeedsMock(ValidationException):
    message = "Context can only be specified when a mock is specified"  # ours


class ItemReaderDataInvalid(ValidationException):
    message = "MapItemReaderData {reason}"  # ours


class NotJsonObject(ValidationException):
    message = "{member} must be a JSON object"  # ours


# --- Executions ------------------------------------------------------------------------------------------------


class ExecutionAlreadyExists(SFNError):
    code = "ExecutionAlreadyExists"
    message = "Execution Already Exists: '{arn}'"


class ExecutionNotRedrivable(SFNError):
    """The sentence is DescribeExecution's ``redriveStatusReason``; to repeat it here is our choice."""

    code = "ExecutionNotRedrivable"
    message = "{reason}"


# --- State machines, versions, aliases -------------------------------------------------------------------------


class StateMachineAlreadyExists(SFNError):
    code = "StateMachineAlreadyExists"
    message = "State Machine Already Exists: '{arn}'"


class VersionDescriptionWithoutPublish(ValidationException):
    message = "Version description can only be set when publish is true"


class ConflictException(SFNError):
    code = "ConflictException"


class RevisionConflict(ConflictException):
    message = (
        "Failed to publish the State Machine version for revision {given}. "
        "The current State Machine revision is {current}."
    )


class VersionReferencedByAlias(ConflictException):
    message = (
        "Version to be deleted must not be referenced by an alias. "
        "Current list of aliases referencing this version: [{aliases}]"
    )


class AliasAlreadyExists(ConflictException):
    message = (
        "Failed to create alias because an alias with the same name and a different routing configuration "
        "already exists."
    )


class RoutingConfigurationInvalid(ValidationException):
    extra_members: ClassVar[dict[str, str]] = {"reason": "INVALID_ROUTING_CONFIGURATION"}


class RoutingNeedsVersions(RoutingConfigurationInvalid):
    message = "Routing configuration must contain state machine version ARNs. Received: [{arns}]"


class RoutingNeedsDistinctVersions(RoutingConfigurationInvalid):
    message = "Routing configuration must contain distinct state machine version ARNs. Received: [{arns}]"


class RoutingWeightsNotWhole(RoutingConfigurationInvalid):
    message = "Sum of routing configuration weights must equal 100. Received: [{weights}]"


class RoutingNeedsOneStateMachine(RoutingConfigurationInvalid):
    message = "Routing configuration must contain versions of one state machine. Received: [{arns}]"  # ours


class AliasUpdateEmpty(ValidationException):
    message = "Must provide at least one of description and routingConfiguration"  # ours
    extra_members: ClassVar[dict[str, str]] = {"reason": "MISSING_REQUIRED_PARAMETER"}


# --- Activities, tasks, tags -----------------------------------------------------------------------------------


class ActivityAlreadyExists(SFNError):
    code = "ActivityAlreadyExists"
    message = "Activity Already Exists: '{arn}'"  # ours


class InvalidOutput(SFNError):
    """The code is the model's; to word the sentence like InvalidExecutionInput's is our choice."""

    code = "InvalidOutput"
    message = "Invalid Output: '{reason}'"


class TaskTimedOut(SFNError):
    """The code is the model's, the sentence is widely quoted and not recorded."""

    code = "TaskTimedOut"
    message = "Task Timed Out: 'Provided task does not exist anymore'"


class TaskDoesNotExist(SFNError):
    code = "TaskDoesNotExist"
    message = "Task Does Not Exist: 'Activity does not exist anymore: {arn}'"  # ours


class TagKeyMissing(ValidationException):
    """The model allows a tag without a key; to refuse it like a violation of the model is our choice."""

    namespace = FRONT_END_NAMESPACE
    message = (
        "1 validation error detected: Value null at 'tags.{position}.member.key' failed to satisfy constraint: "
        "Member must not be null"
    )


class TagCharacterForbidden(ValidationException):
    """The allowed characters are documented; to refuse others like a violation of the model is our choice."""

    namespace = FRONT_END_NAMESPACE
    message = (
        "1 validation error detected: Value '{text}' at 'tags.{position}.member.{member}' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: {pattern}"
    )


class TooManyTags(SFNError):
    code = "TooManyTags"
    message = "Too many tags: '{arn}'"  # ours
    extra_members: ClassVar[dict[str, str]] = {"resourceName": "{arn}"}


# --- The protocol ----------------------------------------------------------------------------------------------


class SerializationException(SFNError):
    """The body is not a JSON object, or a member has the wrong type. AWS sends no sentence."""

    namespace = PROTOCOL_NAMESPACE
    code = "SerializationException"
    message = ""


class UnknownOperationException(SFNError):
    """``X-Amz-Target`` names no operation of the API. AWS sends no sentence."""

    namespace = PROTOCOL_NAMESPACE
    code = "UnknownOperationException"
    message = ""


# --- Any operation ---------------------------------------------------------------------------------------------


class CommonError(SFNError):
    """An error of every operation of every service, which is not in the model."""

    namespace = PROTOCOL_NAMESPACE


class ThrottlingException(CommonError):
    namespace = THROTTLE_NAMESPACE
    code = "ThrottlingException"
    message = "Rate exceeded"


class AccessDeniedException(CommonError):
    code = "AccessDeniedException"
    message = (
        "User: {user} is not authorized to perform: states:{operation} on resource: {resource} because no "
        "identity-based policy allows the states:{operation} action"
    )


class UnrecognizedClientException(CommonError):
    code = "UnrecognizedClientException"
    message = "The security token included in the request is invalid."


class ExpiredTokenException(CommonError):
    code = "ExpiredTokenException"
    message = "The security token included in the request is expired"


class InternalServerError(CommonError):
    status = 500
    code = "InternalServerError"
    message = "The request processing has failed because of an unknown error, exception or failure."  # ours


class InternalFailure(InternalServerError):
    code = "InternalFailure"


class ServiceUnavailable(CommonError):
    status = 503
    code = "ServiceUnavailable"
    message = "The request has failed due to a temporary failure of the server."  # ours
