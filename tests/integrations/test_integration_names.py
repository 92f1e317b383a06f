"""Names of services, errors and members, and the operations of resources."""

import pytest
from botocore.loaders import create_loader
from moto.core.utils import get_service_model

from sfn_mock.asl.resources import OPTIMISED_ACTIONS, parse_resource
from sfn_mock.integrations import naming
from sfn_mock.integrations.operations import BOTO_NAMES, find_operation

#: The services of this version of boto3; older ones have fewer.
SERVICES = create_loader().list_available_services("service-2")

#: Actions that no operation stands for.
WITHOUT_OPERATION = {"apigateway:invoke", "eks:call", "eks:runJob", "http:invoke"}


@pytest.mark.parametrize(
    ("service_id", "name"),
    [
        pytest.param("DynamoDB", "DynamoDb", id="capitals at the end"),
        pytest.param("S3", "S3", id="digit"),
        pytest.param("SFN", "Sfn", id="capitals only"),
        pytest.param("Secrets Manager", "SecretsManager", id="two words"),
        pytest.param("IoT", "Iot", id="single capital at the end"),
        pytest.param("API Gateway", "ApiGateway", id="capitals, then a word"),
        pytest.param("Elastic Load Balancing v2", "ElasticLoadBalancingV2", id="version as a word"),
        pytest.param("ApiGatewayV2", "ApiGatewayV2", id="version after a word"),
        pytest.param("SESv2", "SesV2", id="version after capitals"),
        pytest.param("WAFV2", "Wafv2", id="large version after capitals"),
        pytest.param("Config Service", "Config", id="the word Service is left out"),
        pytest.param("RDSData", "RdsData", id="capitals before a word"),
    ],
)
def test_services_are_named_as_the_sdk_names_them(service_id, name):
    """Each word of the service's id has one capital letter."""
    assert naming.sdk_service_name(service_id) == name


@pytest.mark.parametrize(
    ("shape", "of_sdk", "of_optimised"),
    [
        pytest.param("NoSuchKey", "NoSuchKeyException", "NoSuchKeyException", id="plain"),
        pytest.param("KMSDisabledException", "KmsDisabledException", "KMSDisabledException", id="capitals"),
        pytest.param(
            "DBInstanceNotFoundFault", "DbInstanceNotFoundException", "DBInstanceNotFoundException", id="fault"
        ),
    ],
)
def test_errors_are_named_after_their_classes(shape, of_sdk, of_optimised):
    """The name ends with Exception; in an aws-sdk integration each word has one capital letter."""
    assert (naming.sdk_exception_name(shape), naming.optimised_exception_name(shape)) == (of_sdk, of_optimised)


@pytest.mark.parametrize(
    ("member", "of_sdk", "of_optimised"),
    [
        pytest.param("stateMachineArn", "StateMachineArn", "StateMachineArn", id="small"),
        pytest.param("ETag", "ETag", "ETag", id="two capitals and a word"),
        pytest.param("DBInstances", "DbInstances", "DBInstances", id="three capitals"),
        pytest.param("ACL", "Acl", "ACL", id="capitals only"),
        pytest.param("NULL", "Nul", "NULL", id="a word of Java"),
        pytest.param("SSEKMSKeyId", "SsekmsKeyId", "SSEKMSKeyId", id="many capitals"),
        pytest.param("MD5OfMessageBody", "Md5OfMessageBody", "MD5OfMessageBody", id="capitals and a digit"),
        pytest.param("_id", "_id", "_id", id="no letter first"),
    ],
)
def test_members_begin_with_a_capital(member, of_sdk, of_optimised):
    """In an aws-sdk integration a name does not begin with several capital letters."""
    assert (naming.sdk_member_name(member), naming.optimised_member_name(member)) == (of_sdk, of_optimised)


@pytest.mark.parametrize(
    ("action", "client", "operation"),
    [
        pytest.param("aws-sdk:dynamodb:putItem", "dynamodb", "PutItem", id="same name"),
        pytest.param("aws-sdk:secretsmanager:getSecretValue", "secretsmanager", "GetSecretValue", id="no blank"),
        pytest.param("aws-sdk:sfn:startExecution", "stepfunctions", "StartExecution", id="other name"),
        pytest.param("aws-sdk:cloudwatchlogs:putLogEvents", "logs", "PutLogEvents", id="logs"),
        pytest.param("aws-sdk:rds:describeDBInstances", "rds", "DescribeDBInstances", id="capitals"),
        pytest.param("states:startExecution.sync", "stepfunctions", "StartExecution", id="states"),
        pytest.param("bedrock:invokeModel", "bedrock-runtime", "InvokeModel", id="bedrock's runtime"),
        pytest.param("bedrock:createModelCustomizationJob", "bedrock", "CreateModelCustomizationJob", id="bedrock"),
        pytest.param("elasticmapreduce:createCluster", "emr", "RunJobFlow", id="EMR"),
    ],
)
def test_a_resource_names_an_operation(action, client, operation):
    """The SDK's names of services and actions lead to boto3's."""
    found = find_operation(parse_resource(f"arn:aws:states:::{action}"))

    assert found is not None
    assert (found.client_name, found.model.name) == (client, operation)


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param("arn:aws:states:::aws-sdk:nosuchservice:getItem", id="service"),
        pytest.param("arn:aws:states:::aws-sdk:stepfunctions:startExecution", id="boto3's own name"),
        pytest.param("arn:aws:states:::aws-sdk:dynamodb:getItems", id="action"),
        pytest.param("arn:aws:states:::aws-sdk:s3:selectObjectContent", id="streaming answer"),
        pytest.param("arn:aws:states:::aws-sdk:transcribestreaming:startStreamTranscription", id="streaming service"),
        pytest.param("arn:aws:states:::http:invoke", id="http"),
        pytest.param("arn:aws:lambda:us-east-1:123456789012:function:f", id="function"),
        pytest.param("arn:aws:states:us-east-1:123456789012:activity:a", id="activity"),
    ],
)
def test_resources_without_an_operation(arn):
    """An unknown or streaming operation is not found."""
    assert find_operation(parse_resource(arn)) is None


@pytest.mark.parametrize(
    ("sdk", "boto"),
    [pytest.param(sdk, boto, id=sdk) for sdk, boto in BOTO_NAMES.items() if boto in SERVICES],
)
def test_renamed_services_agree_with_the_models(sdk, boto):
    """The table of renamed services agrees with the ids of the services."""
    assert naming.sdk_service_name(get_service_model(boto).service_id).lower() == sdk


@pytest.mark.parametrize("action", [pytest.param(name, id=name) for name in OPTIMISED_ACTIONS])
def test_optimised_actions_require_the_parameters_of_their_operations(action):
    """The models require the required parameters of the table, except EMR's own."""
    resource = parse_resource(f"arn:aws:states:::{action}")
    operation = find_operation(resource)

    assert (operation is None) == (action in WITHOUT_OPERATION)
    if operation is not None and operation.client_name != "emr":
        required = {operation.member_name(member) for member in operation.model.input_shape.required_members}
        assert set(resource.required_parameters) <= required
