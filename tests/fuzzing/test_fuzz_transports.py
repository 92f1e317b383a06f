"""Requests with any body, target and headers get a well-formed answer of AWS, over each transport."""

from __future__ import annotations

import asyncio
from importlib import import_module
from random import Random

import boto3
import pytest
import requests
import urllib3
from botocore.config import Config
from fuzz_answers import REQUESTS_OF_A_STORE, check_answer, check_error, seed
from fuzz_cases import cases, seeds
from fuzz_values import OPERATIONS, SIGNED, body, headers, parameters, target

from sfn_mock import mock_sfn_executions

URL = "https://states.us-east-1.amazonaws.com/"
#: Without botocore's validation, any value reaches the mock.
ANYTHING = {"parameter_validation": False, "retries": {"total_max_attempts": 1}}
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@pytest.mark.parametrize("numbers", seeds(100_000, 40), ids="from {0.start}".format)
@pytest.mark.parametrize("transport", ["direct", "wire"], ids="boto3_{}".format)
def test_boto3(transport, numbers):
    """boto3 returns an answer or raises an error of boto3, never one from inside the mock."""
    with mock_sfn_executions(transport=transport, retry_sleeps=False) as sfn:
        client = boto3.client("stepfunctions", "us-east-1", config=Config(**ANYTHING))
        for count, random in enumerate(cases(f"boto3_{transport}", numbers)):
            if count % REQUESTS_OF_A_STORE == 0:
                sfn.reset()
                seed(sfn)
            operation, members = parameters(random)
            try:
                answer = client._make_api_call(operation, members)
            except Exception as error:
                check_error(error, operation)
            else:
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("numbers", seeds(100_000, 40), ids="from {0.start}".format)
@pytest.mark.parametrize("transport", ["direct", "wire"], ids="asyncio_{}".format)
def test_asyncio(transport, numbers):
    """aiobotocore returns an answer or raises an error of botocore, never one from inside the mock."""
    session = pytest.importorskip("aiobotocore.session", reason="tox -e fuzz has aiobotocore").get_session()
    config = import_module("aiobotocore.config").AioConfig(**ANYTHING)

    async def call_all() -> None:
        with mock_sfn_executions(transport=transport, retry_sleeps=False) as sfn:
            async with session.create_client("stepfunctions", "us-east-1", config=config) as client:
                for count, random in enumerate(cases(f"asyncio_{transport}", numbers)):
                    if count % REQUESTS_OF_A_STORE == 0:
                        sfn.reset()
                        seed(sfn)
                    operation, members = parameters(random)
                    try:
                        answer = await client._make_api_call(operation, members)
                    except Exception as error:
                        check_error(error, operation)
                    else:
                        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200

    asyncio.run(call_all())


def http_request(random: Random) -> tuple[bytes, dict[str, str], str | None]:
    """Return the body and the headers of a POST, and the operation that it names, None if that does not exist."""
    operation, members = parameters(random)
    named = target(random, operation)
    sent = {"X-Amz-Target": named, **dict(headers(random))}
    if not named.startswith("AWSStepFunctions."):
        # Without either, a request is not recognisable as one for Step Functions.
        sent["Authorization"] = SIGNED
    known = named.rpartition(".")[2]
    return body(random, members), sent, known if known in OPERATIONS else None


@pytest.mark.parametrize("numbers", seeds(100_000, 100), ids="from {0.start}".format)
def test_requests(numbers):
    """Every POST of requests to the host of the service gets an answer of AWS's protocol."""
    with mock_sfn_executions() as sfn, requests.Session() as session:
        for count, random in enumerate(cases("requests", numbers)):
            if count % REQUESTS_OF_A_STORE == 0:
                sfn.reset()
                seed(sfn)
            content, sent, operation = http_request(random)
            try:
                answer = session.post(URL, data=content, headers=sent)
            except (requests.exceptions.InvalidHeader, UnicodeError):
                # requests itself cannot write such a header.
                continue
            check_answer(answer.status_code, answer.headers["Content-Type"], answer.content, operation)


@pytest.mark.parametrize("numbers", seeds(100_000, 40), ids="from {0.start}".format)
def test_urllib3(numbers):
    """Every POST of urllib3, which refuses no header, gets an answer of AWS's protocol."""
    with mock_sfn_executions() as sfn, urllib3.PoolManager() as pool:
        for count, random in enumerate(cases("urllib3", numbers)):
            if count % REQUESTS_OF_A_STORE == 0:
                sfn.reset()
                seed(sfn)
            content, sent, operation = http_request(random)
            answer = pool.request("POST", URL, body=content, headers=sent)
            check_answer(answer.status, answer.headers["Content-Type"], answer.data, operation)
