"""The resource types of Step Functions in moto's CloudFormation: state machines, versions, aliases and activities.

moto calls the class methods of a resource type with the resource's part of the template, references resolved. moto
itself has only state machines, with four of their properties.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from moto.stepfunctions.models import stepfunctions_backends
from moto.utilities.utils import get_partition

from sfn_mock.models import SFNBackend
from sfn_mock.transport.patching import with_items

Properties = dict[str, Any]

#: The revision id, in templates, of a state machine that was never updated.
_FIRST_REVISION = "INITIAL"

_CONFIGURATIONS = {
    "LoggingConfiguration": "loggingConfiguration",
    "TracingConfiguration": "tracingConfiguration",
    "EncryptionConfiguration": "encryptionConfiguration",
}


class _Resource(ABC):
    """A resource in its stack: the values of ``Ref`` and ``Fn::GetAtt``, and the properties it was made from."""

    resource_type: ClassVar[str]
    #: The property with its name; empty for a type without names.
    name_property: ClassVar[str] = ""
    #: The properties whose change replaces the resource.
    replacing: ClassVar[tuple[str, ...]]
    #: The attributes of Fn::GetAtt.
    attributes: ClassVar[tuple[str, ...]] = ("Arn",)

    def __init__(self, backend: SFNBackend, name: str, arn: str, properties: Properties) -> None:
        self.backend = backend
        self.name = name
        self.physical_resource_id = arn
        self.properties = {self.name_property: name, **properties}

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        # Imported here, because it imports every service of moto, and only stacks need it.
        from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

        if not self.has_cfn_attr(attribute_name):
            raise UnformattedGetAttTemplateException
        return self._attribute(attribute_name)

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.attributes

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> _Resource:
        """Create and return a resource; ``resource_name`` is the template's name or one that moto generated."""
        properties = cloudformation_json["Properties"]
        backend = _backend(account_id, region_name)
        name = properties.get(cls.name_property, resource_name)
        return cls(backend, name, cls._create(backend, name, properties), properties)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: _Resource,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> _Resource:
        """Update and return the resource, or the resource that replaces it."""
        before = original_resource.properties
        # A resource without a name in the template keeps its name.
        properties = {cls.name_property: original_resource.name, **cloudformation_json["Properties"]}
        if any(before.get(name) != properties.get(name) for name in cls.replacing):
            replacement = cls.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )
            original_resource.delete()
            return replacement
        original_resource._update(properties)
        original_resource.properties = properties
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str
    ) -> None:
        """Delete the resource whose ARN is ``resource_name``."""
        backend = _backend(account_id, region_name)
        cls(backend, "", resource_name, cloudformation_json["Properties"]).delete()

    @classmethod
    @abstractmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> str:
        """Create the resource and return its ARN."""

    @abstractmethod
    def _update(self, properties: Properties) -> None:
        """Apply ``properties``, of which none that replaces the resource has changed."""

    @abstractmethod
    def delete(self) -> None: ...

    def _attribute(self, name: str) -> Any:
        return {"Arn": self.physical_resource_id, "Name": self.name}[name]

    def _update_tags(self, properties: Properties) -> None:
        """Set the tags of ``properties`` and remove the other tags of the template."""
        tags = _tags(properties)
        kept = {tag["key"] for tag in tags}
        gone = [tag["key"] for tag in _tags(self.properties) if tag["key"] not in kept]
        self.backend.untag_resource(self.physical_resource_id, gone)
        self.backend.tag_resource(self.physical_resource_id, tags)


class StateMachineInStack(_Resource):
    """A state machine in a CloudFormation stack."""

    resource_type = "AWS::StepFunctions::StateMachine"
    name_property = "StateMachineName"
    replacing = ("StateMachineName", "StateMachineType")
    attributes = ("Arn", "Name", "StateMachineRevisionId")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> str:
        machine = backend.create_state_machine(
            name,
            _definition(backend, properties),
            properties.get("RoleArn", ""),
            tags=_tags(properties),
            sm_type=properties.get("StateMachineType"),
            **_configurations(properties),
        )
        return str(machine.arn)

    def _update(self, properties: Properties) -> None:
        configurations = _configurations(properties)
        self.backend.update_state_machine(
            self.physical_resource_id,
            _definition(self.backend, properties),
            properties.get("RoleArn", ""),
            # Settings that the template no longer has return to AWS's defaults.
            logging_configuration=configurations.get("loggingConfiguration", {}),
            tracing_configuration=configurations.get("tracingConfiguration", {}),
            encryption_configuration=configurations.get("encryptionConfiguration", {"type": "AWS_OWNED_KEY"}),
        )
        self._update_tags(properties)

    def delete(self) -> None:
        """Delete the state machine."""
        self.backend.delete_state_machine(self.physical_resource_id)

    def _attribute(self, name: str) -> Any:
        if name == "StateMachineRevisionId":
            return self.backend.describe_state_machine(self.physical_resource_id).revision_id or _FIRST_REVISION
        return super()._attribute(name)


class VersionInStack(_Resource):
    """A version of a state machine in a CloudFormation stack."""

    resource_type = "AWS::StepFunctions::StateMachineVersion"
    replacing = ("StateMachineArn", "StateMachineRevisionId", "Description")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> str:
        version = backend.publish_state_machine_version(
            properties.get("StateMachineArn", ""),
            properties.get("StateMachineRevisionId"),
            properties.get("Description"),
        )
        return str(version.arn)

    def _update(self, properties: Properties) -> None:
        """Change nothing: a version cannot change."""

    def delete(self) -> None:
        """Delete the version."""
        self.backend.delete_state_machine_version(self.physical_resource_id)


class AliasInStack(_Resource):
    """An alias of a state machine in a CloudFormation stack."""

    resource_type = "AWS::StepFunctions::StateMachineAlias"
    name_property = "Name"
    replacing = ("Name",)

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> str:
        alias = backend.create_state_machine_alias(name, _routing(properties), properties.get("Description"))
        return str(alias.arn)

    def _update(self, properties: Properties) -> None:
        no_longer_described = "" if "Description" in self.properties else None
        self.backend.update_state_machine_alias(
            self.physical_resource_id, properties.get("Description", no_longer_described), _routing(properties)
        )

    def delete(self) -> None:
        """Delete the alias."""
        self.backend.delete_state_machine_alias(self.physical_resource_id)


class ActivityInStack(_Resource):
    """An activity in a CloudFormation stack."""

    resource_type = "AWS::StepFunctions::Activity"
    name_property = "Name"
    replacing = ("Name", "EncryptionConfiguration")
    attributes = ("Arn", "Name")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> str:
        encryption = _configurations(properties).get("encryptionConfiguration")
        return str(backend.create_activity(name, _tags(properties), encryption).arn)

    def _update(self, properties: Properties) -> None:
        self._update_tags(properties)

    def delete(self) -> None:
        """Delete the activity."""
        self.backend.delete_activity(self.physical_resource_id)


_RESOURCES = (StateMachineInStack, VersionInStack, AliasInStack, ActivityInStack)


@contextmanager
def resource_types() -> Iterator[None]:
    """Let moto's CloudFormation find these classes for their resource types."""
    from moto.cloudformation.parsing import get_model_map, get_name_type_map

    classes: dict[str, Any] = {resource.resource_type: resource for resource in _RESOURCES}
    names = {name: resource.name_property for name, resource in classes.items()}
    with with_items(get_model_map(), classes), with_items(get_name_type_map(), names):
        yield


# --- Templates ---------------------------------------------------------------------------------------------------


def _backend(account_id: str, region: str) -> SFNBackend:
    backend = stepfunctions_backends[account_id][region]
    assert isinstance(backend, SFNBackend)
    return backend


def _definition(backend: SFNBackend, properties: Properties) -> str:
    """Return the definition as text, from any of its properties, with substitutions made."""
    if "Definition" in properties:
        definition = json.dumps(properties["Definition"])
    elif "DefinitionS3Location" in properties:
        from moto.s3.models import s3_backends

        place = properties["DefinitionS3Location"]
        bucket = s3_backends[backend.account_id][get_partition(backend.region_name)]
        stored = bucket.get_object(place["Bucket"], place["Key"], version_id=place.get("Version"))
        definition = "" if stored is None else stored.value.decode()
    else:
        definition = properties.get("DefinitionString", "")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", str(value))
    return definition


def _configurations(properties: Properties) -> dict[str, Any]:
    """Return the settings of logging, tracing and encryption, by API member."""
    return {
        name: _as_the_api_spells(properties[property])
        for property, name in _CONFIGURATIONS.items()
        if property in properties
    }


def _routing(properties: Properties) -> list[dict[str, Any]]:
    """Return the alias's routes. With a deployment preference, all traffic goes to its version at once."""
    preference = properties.get("DeploymentPreference")
    if preference is not None:
        return [{"stateMachineVersionArn": preference["StateMachineVersionArn"], "weight": 100}]
    return [
        {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
        for route in properties.get("RoutingConfiguration", [])
    ]


def _tags(properties: Properties) -> list[dict[str, str]]:
    return [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])]


def _as_the_api_spells(value: Any) -> Any:
    """Convert to the API's spelling: member names in lower camel case, booleans from text."""
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, dict):
        return {f"{name[0].lower()}{name[1:]}": _as_the_api_spells(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_the_api_spells(element) for element in value]
    return value
