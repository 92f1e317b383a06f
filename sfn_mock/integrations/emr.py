"""The optimised integrations of Amazon EMR, which have other parameters and results than the API operations."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import Resource
from sfn_mock.integrations.requests import ParametersError, missing_parameter_message

_OBJECTS = {"Step", "InstanceFleet", "InstanceGroup"}


def check_parameters(resource: Resource, parameters: Any) -> None:
    """Raise ParametersError if a required parameter is missing, or one that must be an object is not."""
    if not isinstance(parameters, dict):
        raise ParametersError(["The value for the field 'Parameters' must be an OBJECT"])
    missing = [name for name in resource.required_parameters if parameters.get(name) is None]
    problems = [missing_parameter_message(name) for name in missing]
    for name in _OBJECTS & parameters.keys():
        if name not in missing and not isinstance(parameters[name], dict):
            problems.append(f"The value for the field '{name}' must be an OBJECT")
    if problems:
        raise ParametersError(problems)


def rename_parameters(action: str, parameters: dict[str, Any], client: Any) -> dict[str, Any]:
    """Convert the parameters of an action to those of the API operation.

    Args:
        action: The action of the `Resource`.
        parameters: The evaluated parameters, which include all required ones.
        client: A boto3 client of EMR, to find the ids of fleets and groups by name.

    Raises:
        StateError: If the cluster has no fleet or group with that name.
    """
    given = dict(parameters)
    if action in ("terminateCluster", "setClusterTerminationProtection"):
        given["JobFlowIds"] = [given.pop("ClusterId")]
    elif action == "addStep":
        given["JobFlowId"] = given.pop("ClusterId")
        given["Steps"] = [given.pop("Step")]
    elif action == "cancelStep":
        given["StepIds"] = [given.pop("StepId")]
    elif action == "modifyInstanceFleetByName":
        fleets = client.list_instance_fleets(ClusterId=given["ClusterId"])["InstanceFleets"]
        fleet_id = _id_of(given.pop("InstanceFleetName"), fleets, "instance fleet")
        given["InstanceFleet"] = {**given["InstanceFleet"], "InstanceFleetId": fleet_id}
    elif action == "modifyInstanceGroupByName":
        groups = client.list_instance_groups(ClusterId=given["ClusterId"])["InstanceGroups"]
        group_id = _id_of(given.pop("InstanceGroupName"), groups, "instance group")
        given["InstanceGroups"] = [{**given.pop("InstanceGroup"), "InstanceGroupId": group_id}]
    return given


def rename_result(action: str, result: dict[str, Any]) -> dict[str, Any]:
    """Convert the result of the API operation to that of the action."""
    if action == "createCluster":
        return dict(sorted({**result, "ClusterId": result["JobFlowId"]}.items()))
    if action == "addStep":
        return dict(sorted({**_without(result, "StepIds"), "StepId": result["StepIds"][0]}.items()))
    if action == "cancelStep":
        cancelled = {"CancelStepsInfo": result["CancelStepsInfoList"][0]}
        return dict(sorted({**_without(result, "CancelStepsInfoList"), **cancelled}.items()))
    return result


def _id_of(name: Any, candidates: list[dict[str, Any]], kind: str) -> str:
    for candidate in candidates:
        if candidate.get("Name") == name:
            return str(candidate["Id"])
    raise StateError("ElasticMapReduce.AmazonElasticMapReduceException", f"No {kind} is named {name}.")


def _without(result: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != member}
