"""Parse the `Resource` of a Task state: the service and action, and the integration pattern.

One table lists the optimised integrations, with the patterns and the required parameters of each action. This module
does not know whether an `aws-sdk` action exists; that requires botocore's models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType


class ResourceError(ValueError):
    """A `Resource` that Step Functions refuses; the message is AWS's sentence."""


class ResourceKind(Enum):
    """The kinds of a `Resource`."""

    LAMBDA_FUNCTION = "lambda function"
    ACTIVITY = "activity"
    OPTIMISED = "optimised integration"
    AWS_SDK = "AWS SDK integration"


class Pattern(Enum):
    """The service integration patterns; the values are the suffixes of a `Resource`."""

    REQUEST_RESPONSE = ""
    SYNC = ".sync"
    SYNC_2 = ".sync:2"
    WAIT_FOR_TASK_TOKEN = ".waitForTaskToken"


@dataclass(frozen=True, slots=True)
class Resource:
    """A parsed `Resource`.

    Attributes:
        arn: The ARN as it was written.
        kind: The kind.
        service: The service, such as `lambda` or `states`; the SDK's name of the service in an `aws-sdk` resource.
        action: The action; for a Lambda function its name and qualifier, for an activity its name.
        pattern: The service integration pattern.
        region: The region of a Lambda function or an activity, otherwise empty.
        account_id: The account of a Lambda function or an activity, otherwise empty.
        required_parameters: The parameters that an optimised integration requires, otherwise empty.
        alternative_parameters: The parameters of which an optimised integration requires one, otherwise empty.
    """

    arn: str
    kind: ResourceKind
    service: str
    action: str
    pattern: Pattern = Pattern.REQUEST_RESPONSE
    region: str = ""
    account_id: str = ""
    required_parameters: tuple[str, ...] = ()
    alternative_parameters: tuple[str, ...] = ()

    @property
    def is_service(self) -> bool:
        """Whether the resource is a service integration, so that its events are `Task...`."""
        return self.kind in (ResourceKind.OPTIMISED, ResourceKind.AWS_SDK)

    @property
    def event_resource(self) -> str:
        """The member `resource` of `Task...` events, such as `sendMessage.waitForTaskToken`."""
        return f"{self.action}{self.pattern.value}"

    @property
    def event_resource_type(self) -> str:
        """The member `resourceType` of `Task...` events, such as `sqs` or `aws-sdk:s3`."""
        return f"aws-sdk:{self.service}" if self.kind is ResourceKind.AWS_SDK else self.service


@dataclass(frozen=True, slots=True)
class OptimisedAction:
    """An action of an optimised integration.

    Attributes:
        required_parameters: The names of the required parameters.
        patterns: The supported service integration patterns.
        alternative_parameters: The names of parameters of which one is required.
    """

    required_parameters: tuple[str, ...]
    patterns: frozenset[Pattern]
    alternative_parameters: tuple[str, ...]


def _action(
    *required: str, one_of: tuple[str, ...] = (), sync: bool = False, sync_2: bool = False, token: bool = False
) -> OptimisedAction:
    patterns = {Pattern.REQUEST_RESPONSE}
    patterns |= {Pattern.SYNC} if sync else set()
    patterns |= {Pattern.SYNC_2} if sync_2 else set()
    patterns |= {Pattern.WAIT_FOR_TASK_TOKEN} if token else set()
    return OptimisedAction(required, frozenset(patterns), one_of)


#: The actions of the optimised integrations, by service and action.
OPTIMISED_ACTIONS: Mapping[str, OptimisedAction] = MappingProxyType(
    {
        "apigateway:invoke": _action("ApiEndpoint", "Method", token=True),
        "athena:getQueryExecution": _action("QueryExecutionId"),
        "athena:getQueryResults": _action("QueryExecutionId"),
        "athena:startQueryExecution": _action("QueryString", sync=True),
        "athena:stopQueryExecution": _action(),
        "batch:submitJob": _action("JobName", "JobQueue", "JobDefinition", sync=True),
        "bedrock:createModelCustomizationJob": _action(
            "JobName",
            "CustomModelName",
            "RoleArn",
            "BaseModelIdentifier",
            "TrainingDataConfig",
            "OutputDataConfig",
            sync=True,
        ),
        "bedrock:invokeModel": _action("ModelId", token=True),
        "codebuild:batchDeleteBuilds": _action("Ids"),
        "codebuild:batchGetReports": _action("ReportArns"),
        "codebuild:deleteBuildBatch": _action("Id"),
        "codebuild:retryBuildBatch": _action(sync=True),
        "codebuild:startBuild": _action("ProjectName", sync=True),
        "codebuild:startBuildBatch": _action("ProjectName", sync=True),
        "codebuild:stopBuild": _action("Id"),
        "codebuild:stopBuildBatch": _action("Id"),
        "databrew:startJobRun": _action("Name", sync=True),
        "dynamodb:deleteItem": _action("TableName", "Key"),
        "dynamodb:getItem": _action("TableName", "Key"),
        "dynamodb:putItem": _action("TableName", "Item"),
        "dynamodb:updateItem": _action("TableName", "Key"),
        "ecs:runTask": _action("TaskDefinition", sync=True, token=True),
        "eks:call": _action("ClusterName", "CertificateAuthority", "Endpoint", "Method", "Path", token=True),
        "eks:createCluster": _action("Name", "RoleArn", "ResourcesVpcConfig", sync=True),
        "eks:createFargateProfile": _action("FargateProfileName", "ClusterName", "PodExecutionRoleArn", sync=True),
        "eks:createNodegroup": _action("ClusterName", "NodegroupName", "Subnets", "NodeRole", sync=True),
        "eks:deleteCluster": _action("Name", sync=True),
        "eks:deleteFargateProfile": _action("ClusterName", "FargateProfileName", sync=True),
        "eks:deleteNodegroup": _action("ClusterName", "NodegroupName", sync=True),
        "eks:runJob": _action("ClusterName", "CertificateAuthority", "Endpoint", "Job", sync=True, token=True),
        "elasticmapreduce:addStep": _action("ClusterId", "Step", sync=True),
        "elasticmapreduce:cancelStep": _action("ClusterId", "StepId"),
        "elasticmapreduce:createCluster": _action("Name", "Instances", sync=True),
        "elasticmapreduce:modifyInstanceFleetByName": _action("ClusterId", "InstanceFleetName", "InstanceFleet"),
        "elasticmapreduce:modifyInstanceGroupByName": _action("ClusterId", "InstanceGroupName", "InstanceGroup"),
        "elasticmapreduce:setClusterTerminationProtection": _action("ClusterId", "TerminationProtected"),
        "elasticmapreduce:terminateCluster": _action("ClusterId", sync=True),
        "emr-containers:createVirtualCluster": _action("Name", "ContainerProvider"),
        "emr-containers:deleteVirtualCluster": _action("Id", sync=True),
        "emr-containers:startJobRun": _action("VirtualClusterId", sync=True),
        "emr-serverless:cancelJobRun": _action("ApplicationId", "JobRunId", sync=True),
        "emr-serverless:createApplication": _action("ReleaseLabel", "Type", sync=True),
        "emr-serverless:deleteApplication": _action("ApplicationId", sync=True),
        "emr-serverless:startApplication": _action("ApplicationId", sync=True),
        "emr-serverless:startJobRun": _action("ApplicationId", "ExecutionRoleArn", sync=True),
        "emr-serverless:stopApplication": _action("ApplicationId", sync=True),
        "events:putEvents": _action("Entries", token=True),
        "glue:startJobRun": _action("JobName", sync=True),
        "http:invoke": _action("ApiEndpoint", "Method", one_of=("Authentication", "InvocationConfig")),
        "lambda:invoke": _action("FunctionName", token=True),
        "mediaconvert:createJob": _action("Role", "Settings", sync=True),
        "sagemaker:createEndpoint": _action("EndpointName", "EndpointConfigName"),
        "sagemaker:createEndpointConfig": _action("EndpointConfigName", "ProductionVariants"),
        "sagemaker:createHyperParameterTuningJob": _action(
            "HyperParameterTuningJobName", "HyperParameterTuningJobConfig", sync=True
        ),
        "sagemaker:createLabelingJob": _action(
            "LabelingJobName",
            "LabelAttributeName",
            "InputConfig",
            "OutputConfig",
            "RoleArn",
            "HumanTaskConfig",
            sync=True,
        ),
        "sagemaker:createModel": _action("ModelName"),
        "sagemaker:createProcessingJob": _action(
            "ProcessingJobName", "ProcessingResources", "AppSpecification", "RoleArn", sync=True
        ),
        "sagemaker:createTrainingJob": _action("TrainingJobName", "RoleArn", "OutputDataConfig", sync=True),
        "sagemaker:createTransformJob": _action(
            "TransformJobName", "ModelName", "TransformInput", "TransformOutput", "TransformResources", sync=True
        ),
        "sagemaker:updateEndpoint": _action("EndpointName", "EndpointConfigName"),
        "sns:publish": _action("Message", token=True),
        "sqs:sendMessage": _action("QueueUrl", "MessageBody", token=True),
        "states:startExecution": _action("StateMachineArn", sync=True, sync_2=True, token=True),
    }
)

#: The actions of an ItemReader and of a ResultWriter, with the required parameters of each.
READER_ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"s3:getObject": ("Bucket", "Key"), "s3:listObjectsV2": ("Bucket",)}
)
WRITER_ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({"s3:putObject": ("Bucket",)})

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)"
)
_FUNCTION = re.compile(r"function:(?P<name>[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?)")
_ACTIVITY = re.compile(r"activity:(?P<name>[^:]+)")
_INTEGRATION = re.compile(
    r"(?:(?P<sdk>aws-sdk):)?(?P<service>[A-Za-z0-9-]+):(?P<action>[A-Za-z0-9]+)"
    r"(?P<pattern>\.sync(?::2)?|\.waitForTaskToken)?"
)


@lru_cache(maxsize=1024)
def parse_resource(arn: str) -> Resource:
    """Parse the `Resource` of a Task state.

    Args:
        arn: The value of `Resource`.

    Raises:
        ResourceError: If the text is not an ARN, or not the ARN of a resource that a Task state can call.
    """
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise ResourceError("Value is not a valid resource ARN")
    resource = _parse_rest(arn, parts)
    if resource is None:
        raise ResourceError(not_recognized(arn))
    return resource


def parse_reader_resource(arn: str) -> Resource:
    """Parse the `Resource` of an ItemReader; raise ResourceError if it is not one."""
    return _parse_data_resource(arn, READER_ACTIONS)


def parse_writer_resource(arn: str) -> Resource:
    """Parse the `Resource` of a ResultWriter; raise ResourceError if it is not one."""
    return _parse_data_resource(arn, WRITER_ACTIONS)


def _parse_rest(arn: str, parts: re.Match[str]) -> Resource | None:
    service, region, account, rest = parts["service"], parts["region"], parts["account"], parts["rest"]
    if service == "lambda" and region and account and (function := _FUNCTION.fullmatch(rest)):
        kind = ResourceKind.LAMBDA_FUNCTION
        return Resource(arn, kind, "lambda", function["name"], region=region, account_id=account)
    if service != "states":
        return None
    if region and account and (activity := _ACTIVITY.fullmatch(rest)):
        return Resource(arn, ResourceKind.ACTIVITY, "states", activity["name"], region=region, account_id=account)
    integration = _INTEGRATION.fullmatch(rest)
    if region or account or integration is None:
        return None
    return _parse_integration(arn, integration)


def _parse_integration(arn: str, parts: re.Match[str]) -> Resource | None:
    service, action, pattern = parts["service"], parts["action"], Pattern(parts["pattern"] or "")
    if parts["sdk"]:
        if pattern in (Pattern.SYNC, Pattern.SYNC_2) or not (service.islower() and action[0].islower()):
            return None
        return Resource(arn, ResourceKind.AWS_SDK, service, action, pattern)
    optimised = OPTIMISED_ACTIONS.get(f"{service}:{action}")
    if optimised is None or pattern not in optimised.patterns:
        return None
    return Resource(
        arn,
        ResourceKind.OPTIMISED,
        service,
        action,
        pattern,
        required_parameters=optimised.required_parameters,
        alternative_parameters=optimised.alternative_parameters,
    )


def _parse_data_resource(arn: str, actions: Mapping[str, tuple[str, ...]]) -> Resource:
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise ResourceError("Value is not a valid resource ARN")
    required = actions.get(parts["rest"])
    if parts["service"] != "states" or parts["region"] or parts["account"] or required is None:
        raise ResourceError(not_recognized(arn))
    service, action = parts["rest"].split(":")
    return Resource(arn, ResourceKind.OPTIMISED, service, action, required_parameters=required)


def not_recognized(arn: str) -> str:
    """Return AWS's sentence about an unknown resource."""
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource is not "
        "available in this region."
    )
