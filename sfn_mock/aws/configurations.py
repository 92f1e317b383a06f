"""The configurations of a state machine: AWS's checks, and the members that are stored.

Most members are optional in the model; the rules on which members need each other are here. Each function returns a
copy with the known members that have a value, to be stored; None for None.
"""

from __future__ import annotations

import re
from typing import Any

from sfn_mock.aws.exceptions import KmsKeyMissing, KmsKeyNotAllowed, LogDestinationNotFound, LogDestinationsNotOne

# "The ARN must end with :*" (LogDestination in the API's documentation).
_LOG_GROUP_ARN = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:]+:\*")


def logging_configuration(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a checked copy; InvalidLoggingConfiguration for a missing, second or wrong destination."""
    if given is None:
        return None
    kept = _members(given, "level", "includeExecutionData", "destinations")
    destinations = kept.get("destinations", [])
    if len(destinations) > 1 or (kept.get("level", "OFF") != "OFF" and not destinations):
        raise LogDestinationsNotOne
    if destinations:
        kept["destinations"] = [_log_destination(destinations[0])]
    return kept


def _log_destination(given: dict[str, Any]) -> dict[str, Any]:
    arn = (given.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or ""
    if not _LOG_GROUP_ARN.fullmatch(arn):
        raise LogDestinationNotFound
    return {"cloudWatchLogsLogGroup": {"logGroupArn": arn}}


def tracing_configuration(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a copy with the member `enabled`, None if no configuration is given."""
    return None if given is None else _members(given, "enabled")


def encryption_configuration(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a checked copy; InvalidEncryptionConfiguration for a customer key without id, or AWS's key with one."""
    if given is None:
        return None
    kept = _members(given, "type", "kmsKeyId", "kmsDataKeyReusePeriodSeconds")
    if kept["type"] == "CUSTOMER_MANAGED_KMS_KEY" and "kmsKeyId" not in kept:
        raise KmsKeyMissing
    if kept["type"] == "AWS_OWNED_KEY" and "kmsKeyId" in kept:
        raise KmsKeyNotAllowed
    return kept


def _members(structure: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: structure[name] for name in names if structure.get(name) is not None}
