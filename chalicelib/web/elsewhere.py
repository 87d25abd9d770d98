"""Addresses there are none of: refused in the form of the surface they would belong to."""

from chalice.app import Response

from chalicelib.errors import Refusal
from chalicelib.web.callers import Call, Presented
from chalicelib.web.http import Request
from chalicelib.web.routes import Route, Shape
from chalicelib.web.shapes import ApiShape, OAuthShape, PageShape


class ElsewhereShape:
    """A page, OAuth's JSON or the API's, by where the address points."""

    def presented(self, request: Request) -> Presented | None:
        """What the surface would look at."""
        return _shape(request.path).presented(request)

    def before(self, route: Route, call: Call) -> None:
        """Nothing happens here, so nothing is checked."""

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no as the surface would."""
        return _shape(request.path).refuse(refusal, route, request, call)

    def finish(self, response: Response, route: Route) -> Response:
        """Nothing more."""
        return response


def _shape(path: str) -> Shape:
    if path.startswith("/api/"):
        return ApiShape()
    return OAuthShape(cors=False) if path.startswith(("/oauth/", "/.well-known/")) else PageShape()
