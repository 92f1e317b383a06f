"""Pass requests to moto's other services, and convert moto's error pages and exceptions to AWS's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.model import OperationNotFoundError
from werkzeug import Request, Response

from sfn_mock.http_server.aws_errors import aws_error_response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: The start of werkzeug's error pages.
_ERROR_PAGE = b"<!doctype html>\n<html lang=en>\n<title>%d "


class UnknownService(Exception):
    """A request for a service that moto does not have."""


class UnreadableService(Exception):
    """A request whose headers do not say for which service it is, in a way that moto's server cannot read."""


def answer(motos: WSGIApplication, request: Request, service: str | None) -> Response:
    """Return the answer of moto's server to a request, which may be signed for a service."""
    try:
        response = Response.from_app(motos, request.environ)
    except UnknownService:
        return aws_error_response(
            request,
            501,
            "NotImplemented",
            f"No service {service or request.path!r}: this server has Step Functions, and what moto has.",
        )
    except UnreadableService:
        return aws_error_response(
            request,
            400,
            "UnknownOperationException",
            f"The service of {request.method} {request.path} is unknown: X-Amz-Target must be SERVICE.OPERATION, "
            f"got {request.headers.get('X-Amz-Target')!r}.",
        )
    except ImportError as error:
        return aws_error_response(
            request,
            501,
            "NotImplemented",
            f"moto needs more than is installed for this ({error}): pip install 'moto[server]'.",
        )
    except (NotImplementedError, OperationNotFoundError) as error:
        return aws_error_response(request, 501, "NotImplemented", f"moto does not have this operation: {error}")
    if _is_error_page(response):
        return aws_error_response(
            request,
            response.status_code,
            "UnknownOperationException",
            f"moto does not answer {request.method} {request.path}.",
        )
    return response


def _is_error_page(response: Response) -> bool:
    """Return whether moto's server itself, not a service, has answered. An answer to HEAD has no body."""
    page = response.get_data()
    if page:
        return page.startswith(_ERROR_PAGE % response.status_code)
    return response.mimetype == "text/html" and response.status_code in (404, 405)
