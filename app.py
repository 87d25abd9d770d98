"""Gatepost, assembled: one Chalice app, a blueprint for each surface, one middleware."""

import gc

gc.disable()  # nothing that is imported here is garbage, and to look for some is a tenth of a cold start

from collections.abc import Callable

from chalice.app import Chalice, Request, Response

from chalicelib.store.connection import connection
from chalicelib.web import account, api, channels, console, home, http, integrations, oauth, routes, sign_in
from chalicelib.web.elsewhere import ElsewhereShape

app = Chalice(app_name="gatepost")


@app.middleware("http")
def enter(event: Request, get_response: Callable[[Request], Response]) -> Response:
    """Make the request the current one: Chalice's own is shared by all threads of a process."""
    http.enter(event)
    return get_response(event)


for room in (home, sign_in, channels, integrations, account, console, oauth, api):
    for surface in room.SURFACES:
        app.register_blueprint(surface.blueprint)
routes.complete(app, ElsewhereShape())
connection()  # Lambda gives a start more CPU than the first request

gc.freeze()  # nor does it become garbage: what is collected later is what requests made
gc.set_threshold(10_000)  # of what one request makes nearly all is freed by its reference count
gc.enable()
