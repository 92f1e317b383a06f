"""Tasks of a run that services answer."""

import io
from datetime import datetime, timezone

import pytest
from given_clients import given, refusal

from sfn_mock.asl.host import Failed, Pending, Succeeded, TaskCall
from sfn_mock.asl.resources import parse_resource
from sfn_mock.integrations.http_tasks import HttpResponse
from sfn_mock.integrations.service_calls import Caller
from sfn_mock.integrations.tasks import answer_task, poll_task

CALLER = Caller("execution-arn", "machine-arn")
NO_METADATA = {
    "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
    "SdkResponseMetadata": {"RequestId": ""},
}
STARTED = {"JobName": "n", "JobRunId": "r", **NO_METADATA}


def answer(arn, parameters, client_for, send=None):
    call = TaskCall("Work", parse_resource(arn), parameters, "token", 0, 0, {}, None, None, None)
    return answer_task(call, client_for=client_for, caller=CALLER, send=send)


def run_of(status):
    return {"JobRun": {"JobRunState": status}}


@pytest.mark.parametrize(
    ("arn", "parameters", "answers", "expected"),
    [
        pytest.param(
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            {},
            {"invoke": {"Payload": io.BytesIO(b"[1]")}},
            Succeeded([1]),
            id="function",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b"},
            {"send_message": {"MessageId": "m"}},
            Succeeded({"MessageId": "m"}),
            id="service",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b"},
            {"send_message": refusal("OverLimit")},
            Failed(
                "Sqs.OverLimitException", "m (Service: Sqs, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)"
            ),
            id="refused",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "q", "MessageBody": "b"},
            {"send_message": {"MessageId": "m"}},
            Pending(submitted={"MessageId": "m"}),
            id="waiting for a token",
        ),
        pytest.param(
            "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "q", "MessageBody": "b"},
            {"send_message": refusal("OverLimit")},
            Failed(
                "Sqs.OverLimitException",
                "m (Service: Sqs, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)",
                step="submit",
            ),
            id="refused before it waits",
        ),
        pytest.param(
            "arn:aws:states:::glue:startJobRun.sync",
            {"JobName": "n"},
            {"start_job_run": {"JobRunId": "r"}, "get_job_run": run_of("SUCCEEDED")},
            Succeeded({"JobRunState": "SUCCEEDED"}, submitted=STARTED),
            id="job that is done at once",
        ),
        pytest.param(
            "arn:aws:states:::glue:startJobRun.sync",
            {"JobName": "n"},
            {"start_job_run": {"JobRunId": "r"}, "get_job_run": run_of("FAILED")},
            Failed("States.TaskFailed", '{"JobRunState":"FAILED"}', submitted=STARTED),
            id="job that fails at once",
        ),
    ],
)
def test_a_task_is_answered(arn, parameters, answers, expected):
    """A task has a result, an error, or the service's answer if it waits."""
    _, client_for = given(**answers)

    assert answer(arn, parameters, client_for) == (expected, None)


def test_a_running_job_is_polled_again():
    """The task lasts until the job has ended."""
    _, client_for = given(
        start_job_run={"JobRunId": "r"}, get_job_run=[run_of("RUNNING"), run_of("RUNNING"), run_of("SUCCEEDED")]
    )
    pending, job = answer("arn:aws:states:::glue:startJobRun.sync", {"JobName": "n"}, client_for)
    polled = [poll_task(job, client_for=client_for) for _ in range(2)]

    assert pending == Pending(submitted=STARTED)
    assert polled == [None, Succeeded({"JobRunState": "SUCCEEDED"})]


@pytest.mark.parametrize(
    ("stop", "status", "expected"),
    [
        pytest.param(5, "SUCCEEDED", 5000, id="succeeded"),
        pytest.param(7, "FAILED", 7000, id="failed"),
    ],
)
def test_the_end_of_a_nested_execution_has_its_own_date(stop, status, expected):
    """A task that waits for a nested execution ends at the stop date of that execution."""
    stopped = datetime.fromtimestamp(stop, timezone.utc)
    answers = [{"status": "RUNNING"}, {"status": status, "stopDate": stopped}]
    _, client_for = given(start_execution={"executionArn": "e"}, describe_execution=answers)
    _, job = answer("arn:aws:states:::states:startExecution.sync", {"StateMachineArn": "m"}, client_for)

    assert poll_task(job, client_for=client_for).stop == expected


def test_a_refused_poll_ends_the_task():
    """If the service refuses to describe the job, the task fails with that error and without a stop date."""
    _, client_for = given(
        start_job_run={"JobRunId": "r"}, get_job_run=[run_of("RUNNING"), refusal("EntityNotFoundException")]
    )
    _, job = answer("arn:aws:states:::glue:startJobRun.sync", {"JobName": "n"}, client_for)
    end = poll_task(job, client_for=client_for)

    assert (type(end), end.error, end.stop) == (Failed, "Glue.EntityNotFoundException", None)


def test_an_http_task_is_sent_by_the_given_function():
    """An HTTP task needs a function that sends requests."""
    sent = []

    def send(request):
        sent.append(request.url)
        return HttpResponse(200, {}, "[1]")

    parameters = {"ApiEndpoint": "https://a.example", "Method": "GET"}
    response = {"Headers": {}, "ResponseBody": [1], "StatusCode": 200, "StatusText": "OK"}

    assert answer("arn:aws:states:::http:invoke", parameters, None, send) == (Succeeded(response), None)
    assert sent == ["https://a.example"]
    with pytest.raises(LookupError):
        answer("arn:aws:states:::http:invoke", parameters, None)
