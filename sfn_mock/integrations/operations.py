"""Find the API operation of a `Resource` in botocore's models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import OperationModel
from moto.core.utils import get_service_model

from sfn_mock.asl.resources import Resource, ResourceKind
from sfn_mock.integrations.naming import optimised_member_name, sdk_member_name

#: boto3's names of services by the SDK's, if they differ by more than hyphens.
BOTO_NAMES = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}

#: boto3's names of the services and operations of optimised integrations, if they differ. The keys are services, or
#: services with an action.
_OPTIMISED_BOTO_NAMES = {
    "states": "stepfunctions",
    "elasticmapreduce": "emr",
    "bedrock:invokeModel": "bedrock-runtime",
}
_OPTIMISED_OPERATIONS = {
    "elasticmapreduce:addStep": "AddJobFlowSteps",
    "elasticmapreduce:cancelStep": "CancelSteps",
    "elasticmapreduce:createCluster": "RunJobFlow",
    "elasticmapreduce:modifyInstanceFleetByName": "ModifyInstanceFleet",
    "elasticmapreduce:modifyInstanceGroupByName": "ModifyInstanceGroups",
    "elasticmapreduce:setClusterTerminationProtection": "SetTerminationProtection",
    "elasticmapreduce:terminateCluster": "TerminateJobFlows",
}

#: The optimised integrations that use version 2 of the SDK.
_WITH_SDK_V2 = {"bedrock", "emr-serverless", "mediaconvert"}

#: A function that returns the boto3 client of a service.
ClientFactory = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """The operation that a task calls.

    Attributes:
        client_name: boto3's name of the service.
        model: The operation in botocore's model.
        is_optimised: Whether the integration is optimised.
        uses_sdk_v2: Whether the integration uses version 2 of the SDK.
    """

    client_name: str
    model: OperationModel
    is_optimised: bool
    uses_sdk_v2: bool

    @property
    def member_name(self) -> Callable[[str], str]:
        """The function that returns the name of a model's member in parameters and results."""
        return optimised_member_name if self.is_optimised else sdk_member_name

    def call(self, client_for: ClientFactory, request: dict[str, Any]) -> dict[str, Any]:
        """Call the operation with boto3 and return the answer."""
        client = client_for(self.client_name)
        answer: dict[str, Any] = getattr(client, xform_name(self.model.name))(**request)
        return answer

    def sibling(self, name: str) -> Operation:
        """Return another operation of the same service and kind of integration."""
        model = get_service_model(self.client_name).operation_model(name)
        return Operation(self.client_name, model, self.is_optimised, self.uses_sdk_v2)


@lru_cache(maxsize=512)
def find_operation(resource: Resource) -> Operation | None:
    """Return the operation that a `Resource` calls.

    Args:
        resource: The Resource of the task.

    Returns:
        The operation; None if boto3 has none (`http:invoke`, `apigateway:invoke`, `eks:call`, an unknown `aws-sdk`
        action) or if the operation streams events.
    """
    if not resource.is_service:
        return None
    key = f"{resource.service}:{resource.action}"
    is_optimised = resource.kind is ResourceKind.OPTIMISED
    if is_optimised:
        default = _OPTIMISED_BOTO_NAMES.get(resource.service, resource.service)
        client_name = _OPTIMISED_BOTO_NAMES.get(key, default)
        operation = _OPTIMISED_OPERATIONS.get(key, optimised_member_name(resource.action))
    else:
        client_name = _sdk_services().get(resource.service, "")
        operation = optimised_member_name(resource.action)
    if client_name not in _services():
        return None
    service = get_service_model(client_name)
    if operation not in service.operation_names:
        return None
    model = service.operation_model(operation)
    if model.has_event_stream_input or model.has_event_stream_output:
        return None
    uses_sdk_v2 = not is_optimised or resource.service in _WITH_SDK_V2
    return Operation(client_name, model, is_optimised, uses_sdk_v2)


def has_sdk_action(resource: Resource) -> bool:
    """Return whether the SDK has the service and the action of an `aws-sdk` resource, even if no task can call it."""
    client_name = _sdk_services().get(resource.service)
    if client_name is None:
        return False
    # The model does not say how the SDK writes an acronym at the beginning of a name.
    names = (name.lower() for name in get_service_model(client_name).operation_names)
    return resource.action.lower() in names


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    """Return boto3's names of all services."""
    return frozenset(create_loader().list_available_services("service-2"))


@lru_cache(maxsize=1)
def _sdk_services() -> dict[str, str]:
    """Return boto3's names of services by the SDK's names."""
    same = _services() - set(BOTO_NAMES.values())
    return {**{name.replace("-", ""): name for name in same}, **BOTO_NAMES}
