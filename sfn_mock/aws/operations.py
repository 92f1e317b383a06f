"""The operations of the API and their errors, read from botocore's model."""

from __future__ import annotations

import re
from functools import cache

from botocore import xform_name
from moto.core.utils import get_service_model

from sfn_mock.argument_errors import must_be
from sfn_mock.aws.constraints import operations
from sfn_mock.suggestions import did_you_mean

_MARKUP = re.compile("<[^>]+>")


@cache
def _api_names() -> dict[str, str]:
    """Return the API names of the operations, by API name and by the name of boto3's method."""
    names = sorted(operations())
    return {**{name: name for name in names}, **{xform_name(name): name for name in names}}


def operation_named(name: str) -> str:
    """Return the API name of an operation, given its API name or the name of boto3's method; ValueError if unknown."""
    try:
        return _api_names()[name]
    except (KeyError, TypeError):
        hint = did_you_mean(name, sorted(operations()))
        raise must_be("operation", "an operation of Step Functions", name, hint) from None


@cache
def modelled_errors(operation: str) -> dict[str, str]:
    """Return the modelled error codes of an operation, each with its documentation."""
    model = get_service_model("stepfunctions").operation_model(operation)
    return {shape.name: " ".join(_MARKUP.sub("", shape.documentation).split()) for shape in model.error_shapes}
