"""The ``Resource`` of a Task state, an ItemReader and a ResultWriter."""

import pytest

from sfn_mock.asl.resources import (
    OPTIMISED_ACTIONS,
    Pattern,
    Resource,
    ResourceError,
    ResourceKind,
    parse_reader_resource,
    parse_resource,
    parse_writer_resource,
)

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:charge"
ACTIVITY = "arn:aws:states:eu-west-1:123456789012:activity:pick up"
UNKNOWN = (
    "The resource provided {} is not recognized. The value is not a valid resource ARN, or the resource is not "
    "available in this region."
)
#: The actions with `.sync` and with `.waitForTaskToken`.
SYNC = """
    athena:startQueryExecution batch:submitJob bedrock:createModelCustomizationJob codebuild:retryBuildBatch
    codebuild:startBuild codebuild:startBuildBatch databrew:startJobRun ecs:runTask eks:createCluster
    eks:createFargateProfile eks:createNodegroup eks:deleteCluster eks:deleteFargateProfile eks:deleteNodegroup
    eks:runJob elasticmapreduce:addStep elasticmapreduce:createCluster elasticmapreduce:terminateCluster
    emr-containers:deleteVirtualCluster emr-containers:startJobRun emr-serverless:cancelJobRun
    emr-serverless:createApplication emr-serverless:deleteApplication emr-serverless:startApplication
    emr-serverless:startJobRun emr-serverless:stopApplication glue:startJobRun mediaconvert:createJob
    sagemaker:createHyperParameterTuningJob sagemaker:createLabelingJob sagemaker:createProcessingJob
    sagemaker:createTrainingJob sagemaker:createTransformJob states:startExecution
"""
CALLBACK = """
    apigateway:invoke bedrock:invokeModel ecs:runTask eks:call eks:runJob events:putEvents lambda:invoke sns:publish
    sqs:sendMessage states:startExecution
"""


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        pytest.param(
            FUNCTION,
            Resource(
                FUNCTION,
                ResourceKind.LAMBDA_FUNCTION,
                "lambda",
                "charge",
                region="eu-west-1",
                account_id="123456789012",
            ),
            id="function",
        ),
        pytest.param(
            FUNCTION + ":$LATEST",
            Resource(
                FUNCTION + ":$LATEST",
                ResourceKind.LAMBDA_FUNCTION,
                "lambda",
                "charge:$LATEST",
                region="eu-west-1",
                account_id="123456789012",
            ),
            id="qualified function",
        ),
        pytest.param(
            ACTIVITY,
            Resource(
                ACTIVITY, ResourceKind.ACTIVITY, "states", "pick up", region="eu-west-1", account_id="123456789012"
            ),
            id="activity",
        ),
        pytest.param(
            "arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken",
            Resource(
                "arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken",
                ResourceKind.OPTIMISED,
                "sqs",
                "sendMessage",
                Pattern.WAIT_FOR_TASK_TOKEN,
                required_parameters=("QueueUrl", "MessageBody"),
            ),
            id="optimised with a token in another partition",
        ),
        pytest.param(
            "arn:aws:states:::states:startExecution.sync:2",
            Resource(
                "arn:aws:states:::states:startExecution.sync:2",
                ResourceKind.OPTIMISED,
                "states",
                "startExecution",
                Pattern.SYNC_2,
                required_parameters=("StateMachineArn",),
            ),
            id="sync:2",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:s3:getObject",
            Resource("arn:aws:states:::aws-sdk:s3:getObject", ResourceKind.AWS_SDK, "s3", "getObject"),
            id="aws-sdk",
        ),
    ],
)
def test_parts_of_a_resource(arn, expected):
    """A Task's Resource names the service, the action and the pattern of the call."""
    assert parse_resource(arn) == expected


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        pytest.param("charge", "Value is not a valid resource ARN", id="not an ARN"),
        pytest.param("", "Value is not a valid resource ARN", id="empty"),
        *[
            pytest.param(arn, UNKNOWN.format(arn), id=arn)
            for arn in [
                "arn:aws:lambda:eu-west-1:123456789012:layer:charge",
                "arn:aws:lambda:::function:charge",
                "arn:aws:s3:::bucket",
                "arn:aws:states:::activity:pick",
                "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
                "arn:aws:states:eu-west-1:123456789012:sqs:sendMessage",
                "arn:aws:states:eu-west-1::sqs:sendMessage",
                "arn:aws:states:::sqs",
                "arn:aws:states:::sqs:receiveMessage",
                "arn:aws:states:::sqs:sendMessage.sync",
                "arn:aws:states:::sqs:sendMessage.later",
                "arn:aws:states:::glue:startJobRun.sync:2",
                "arn:aws:states:::aws-sdk:glue:startJobRun.sync",
                "arn:aws:states:::aws-sdk:states:startExecution.sync:2",
                "arn:aws:states:::aws-sdk:S3:getObject",
                "arn:aws:states:::aws-sdk:s3:GetObject",
                "arn:aws:states:::s3:getObject",
            ]
        ],
    ],
)
def test_invalid_resources_have_the_sentences_of_aws(arn, message):
    """Text that is not an ARN, and an ARN that no Task can call, have different sentences."""
    with pytest.raises(ResourceError) as raised:
        parse_resource(arn)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("arn", "resource", "resource_type", "is_service"),
    [
        pytest.param(
            "arn:aws:states:::ecs:runTask.waitForTaskToken", "runTask.waitForTaskToken", "ecs", True, id="token"
        ),
        pytest.param("arn:aws:states:::aws-sdk:sfn:startExecution", "startExecution", "aws-sdk:sfn", True, id="sdk"),
        pytest.param(FUNCTION, "charge", "lambda", False, id="function"),
        pytest.param(ACTIVITY, "pick up", "states", False, id="activity"),
    ],
)
def test_events_name_the_action_and_the_service(arn, resource, resource_type, is_service):
    """The action keeps its suffix and an SDK service its prefix; functions and activities are not services."""
    parsed = parse_resource(arn)

    assert (parsed.event_resource, parsed.event_resource_type, parsed.is_service) == (
        resource,
        resource_type,
        is_service,
    )


@pytest.mark.parametrize(
    ("pattern", "actions"),
    [
        pytest.param(Pattern.REQUEST_RESPONSE, set(OPTIMISED_ACTIONS), id="request-response"),
        pytest.param(Pattern.SYNC, set(SYNC.split()), id="sync"),
        pytest.param(Pattern.SYNC_2, {"states:startExecution"}, id="sync-2"),
        pytest.param(Pattern.WAIT_FOR_TASK_TOKEN, set(CALLBACK.split()), id="callback"),
    ],
)
def test_actions_of_each_pattern(pattern, actions):
    """Each action accepts the suffixes of its patterns, as AWS's guide lists them, and refuses the others."""
    for name in OPTIMISED_ACTIONS:
        arn = f"arn:aws:states:::{name}{pattern.value}"
        if name in actions:
            assert parse_resource(arn).pattern is pattern
        else:
            with pytest.raises(ResourceError):
                parse_resource(arn)


@pytest.mark.parametrize(
    ("parse", "arn", "required"),
    [
        pytest.param(parse_reader_resource, "arn:aws:states:::s3:getObject", ("Bucket", "Key"), id="object"),
        pytest.param(parse_reader_resource, "arn:aws:states:::s3:listObjectsV2", ("Bucket",), id="listing"),
        pytest.param(parse_writer_resource, "arn:aws:states:::s3:putObject", ("Bucket",), id="writer"),
    ],
)
def test_readers_and_writers_have_their_own_resources(parse, arn, required):
    """An ItemReader reads objects and listings, a ResultWriter writes objects."""
    parsed = parse(arn)

    assert (parsed.event_resource_type, parsed.required_parameters) == ("s3", required)


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        pytest.param("bucket", "Value is not a valid resource ARN", id="not an ARN"),
        *[
            pytest.param(arn, UNKNOWN.format(arn), id=arn)
            for arn in [
                "arn:aws:states:::s3:putObject",
                "arn:aws:states:::sqs:sendMessage",
                "arn:aws:sqs:::s3:getObject",
                "arn:aws:states:eu-west-1::s3:getObject",
                "arn:aws:states::123456789012:s3:getObject",
            ]
        ],
    ],
)
def test_invalid_resources_of_a_reader(arn, message):
    """An ItemReader refuses a Resource that does not read items with the sentences of a Task."""
    with pytest.raises(ResourceError) as raised:
        parse_reader_resource(arn)

    assert str(raised.value) == message
