"""Definitions whose executions are recorded and replayed, and the histories of these executions."""

from __future__ import annotations

import boto3


def machine(states, first=None):
    """A definition that begins with the first of the states, or with the named one."""
    return {"StartAt": first or next(iter(states)), "States": states}


def distributed(states, **members):
    """A definition with a Distributed Map over the given states."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **machine(states)}
    return machine({"Each": {"Type": "Map", "ItemProcessor": processor, "Label": "Each", "End": True, **members}})


def history_of(arn):
    """Return the pages of the history of an execution."""
    client = boto3.client("stepfunctions")
    return list(client.get_paginator("get_execution_history").paginate(executionArn=arn))
