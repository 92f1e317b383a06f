"""The API's operations and their errors, as botocore's model has them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from botocore import xform_name
from moto.core.utils import get_service_model

from sfn_mock.aws.constraints import operations

_MARKUP = re.compile("<[^>]+>")


@cache
def _api_names() -> dict[str, str]:
    """The operations' names in the API, by those and by the names of boto3's methods."""
    names = sorted(operations())
    return {**{name: name for name in names}, **{xform_name(name): name for name in names}}


def operation_named(name: str) -> str:
    """The name in the API of the operation that the API or boto3 calls ``name``; ValueError if there is none."""
    try:
        return _api_names()[name]
    except (KeyError, TypeError):
        meant = get_close_matches(str(name), _api_names(), 1, cutoff=0.8)
        there_are = f"did you mean {meant[0]}?" if meant else f"it has {', '.join(sorted(operations()))}."
        raise ValueError(f"operation={name!r} is no operation of Step Functions: {there_are}") from None


@cache
def modelled_errors(operation: str) -> dict[str, str]:
    """The codes of the errors that the model gives the operation, each with what the model says of it."""
    model = get_service_model("stepfunctions").operation_model(operation)
    return {shape.name: " ".join(_MARKUP.sub("", shape.documentation).split()) for shape in model.error_shapes}
