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

#: The settings of logging, tracing and encryption, with AWS's defaults.
_CONFIGURATIONS: Properties = {
    "LoggingConfiguration": {},
    "TracingConfiguration": {},
    "EncryptionConfiguration": {"Type": "AWS_OWNED_KEY"},
}


class _Resource(ABC):
    """A resource in its stack: the values of ``Ref`` and ``Fn::GetAtt``, and the properties it was made from."""

    #: Its name in the API's operations, such as DeleteStateMachine.
    api_name: ClassVar[str]
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
        created = cls._create(backend, name, properties)
        return cls(backend, name, created[cls._arn_member()], properties)

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
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> dict[str, Any]:
        """Create the resource and return the API's answer."""

    @abstractmethod
    def _update(self, properties: Properties) -> None:
        """Apply ``properties``, of which none that replaces the resource has changed."""

    def delete(self) -> None:
        """Delete the resource."""
        self.backend.call(f"Delete{self.api_name}", **{self._arn_member(): self.physical_resource_id})

    @classmethod
    def _arn_member(cls) -> str:
        return f"{_in_lower_camel_case(cls.api_name)}Arn"

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

    api_name = "StateMachine"
    name_property = "StateMachineName"
    replacing = ("StateMachineName", "StateMachineType")
    attributes = ("Arn", "Name", "StateMachineRevisionId")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> dict[str, Any]:
        return backend.call(
            "CreateStateMachine",
            name=name,
            definition=_definition(backend, properties),
            roleArn=properties.get("RoleArn", ""),
            tags=_tags(properties),
            type=properties.get("StateMachineType"),
            **_configurations(properties),
        )

    def _update(self, properties: Properties) -> None:
        self.backend.call(
            "UpdateStateMachine",
            stateMachineArn=self.physical_resource_id,
            definition=_definition(self.backend, properties),
            roleArn=properties.get("RoleArn", ""),
            # Settings that the template no longer has return to AWS's defaults.
            **_configurations({**_CONFIGURATIONS, **properties}),
        )
        self._update_tags(properties)

    def _attribute(self, name: str) -> Any:
        if name == "StateMachineRevisionId":
            return self.backend.describe_state_machine(self.physical_resource_id).revision_id or _FIRST_REVISION
        return super()._attribute(name)


class VersionInStack(_Resource):
    """A version of a state machine in a CloudFormation stack."""

    api_name = "StateMachineVersion"
    replacing = ("StateMachineArn", "StateMachineRevisionId", "Description")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> dict[str, Any]:
        return backend.call(
            "PublishStateMachineVersion",
            stateMachineArn=properties.get("StateMachineArn", ""),
            revisionId=properties.get("StateMachineRevisionId"),
            description=properties.get("Description"),
        )

    def _update(self, properties: Properties) -> None:
        """Change nothing: a version cannot change."""


class AliasInStack(_Resource):
    """An alias of a state machine in a CloudFormation stack."""

    api_name = "StateMachineAlias"
    name_property = "Name"
    replacing = ("Name",)

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> dict[str, Any]:
        return backend.call(
            "CreateStateMachineAlias",
            name=name,
            routingConfiguration=_routing(properties),
            description=properties.get("Description"),
        )

    def _update(self, properties: Properties) -> None:
        no_longer_described = "" if "Description" in self.properties else None
        self.backend.call(
            "UpdateStateMachineAlias",
            stateMachineAliasArn=self.physical_resource_id,
            description=properties.get("Description", no_longer_described),
            routingConfiguration=_routing(properties),
        )


class ActivityInStack(_Resource):
    """An activity in a CloudFormation stack."""

    api_name = "Activity"
    name_property = "Name"
    replacing = ("Name", "EncryptionConfiguration")
    attributes = ("Arn", "Name")

    @classmethod
    def _create(cls, backend: SFNBackend, name: str, properties: Properties) -> dict[str, Any]:
        return backend.call("CreateActivity", name=name, tags=_tags(properties), **_configurations(properties))

    def _update(self, properties: Properties) -> None:
        self._update_tags(properties)


_RESOURCES = (StateMachineInStack, VersionInStack, AliasInStack, ActivityInStack)


@contextmanager
def resource_types() -> Iterator[None]:
    """Let moto's CloudFormation find these classes for their resource types."""
    from moto.cloudformation.parsing import get_model_map, get_name_type_map

    classes: dict[str, Any] = {f"AWS::StepFunctions::{resource.api_name}": resource for resource in _RESOURCES}
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

        location = properties["DefinitionS3Location"]
        bucket = s3_backends[backend.account_id][get_partition(backend.region_name)]
        stored = bucket.get_object(location["Bucket"], location["Key"], version_id=location.get("Version"))
        definition = "" if stored is None else stored.value.decode()
    else:
        definition = properties.get("DefinitionString", "")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", str(value))
    return definition


def _configurations(properties: Properties) -> dict[str, Any]:
    """Return the settings of logging, tracing and encryption, by API member."""
    return {
        _in_lower_camel_case(name): _as_the_api_spells(properties[name])
        for name in _CONFIGURATIONS
        if name in properties
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
        return {_in_lower_camel_case(name): _as_the_api_spells(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_the_api_spells(element) for element in value]
    return value


def _in_lower_camel_case(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}"
