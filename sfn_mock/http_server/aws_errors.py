"""Errors in the form of AWS's services, in the protocol of the client."""

from __future__ import annotations

from xml.sax.saxutils import escape

from werkzeug import Request, Response

from sfn_mock.http_server.answers import json_response
from sfn_mock.http_server.signatures import signature
from sfn_mock.instruments.tables import printable

#: The services whose errors are XML although their requests are no forms, by the name that these are signed for.
_XML_SERVICES = frozenset({"s3", "s3express", "s3-object-lambda", "s3-outposts", "route53", "cloudfront"})
_FORM = "application/x-www-form-urlencoded"


def aws_error_response(request: Request, status: int, code: str, sentence: str) -> Response:
    """Return the answer to a request that is an error with a code and a sentence, for SDKs to read."""
    signed = signature(request)
    service = None if signed is None else signed["service"]
    if service in _XML_SERVICES or request.mimetype == _FORM or "Action" in request.args:
        response = Response(_xml(service, code, printable(sentence)), status, content_type="text/xml")
    else:
        response = json_response(status, {"__type": code, "message": sentence})
    response.headers["x-amzn-ErrorType"] = code
    return response


def _xml(service: str | None, code: str, sentence: str) -> str:
    error = f"<Error><Code>{code}</Code><Message>{escape(sentence)}</Message></Error>"
    if service == "ec2":
        error = f"<Response><Errors>{error}</Errors></Response>"
    elif service is None or not service.startswith("s3"):
        error = f"<ErrorResponse>{error}</ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'
