"""The doors and small things: start page, help, colours, static files, health, well-known redirects (ux 6.19)."""

from typing import Final

from chalice.app import Response

from chalicelib import config
from chalicelib.errors import NotFound
from chalicelib.web import answers, browser, pages
from chalicelib.web.answers import own_path
from chalicelib.web.browser import THEMES
from chalicelib.web.callers import CLIENT, PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("home", PageShape())
SURFACES = (surface,)
FOREVER: Final = "public, max-age=31536000, immutable"


@surface.route("GET", "/", PUBLIC)
def start(call: Call) -> Response:
    """Go where there is something to do."""
    return answers.go("/integrations" if call.person else "/login")


@surface.route("GET", "/help", PUBLIC)
def show_help(call: Call) -> Response:
    """What an app is, what it can do, how to stop one."""
    return browser.page(call, "help.html")


@surface.route("POST", "/theme", PUBLIC, form="theme", fields=("theme", "back"))
def theme(call: Call) -> Response:
    """Remember the colours in a cookie, without any script."""
    wanted = call.request.form.get("theme")
    response = answers.go(own_path(call.request.form.get("back")))
    return browser.with_theme(response, wanted if wanted in THEMES else "auto")


@surface.fixed("/static/{name}")
def static(request: Request) -> Response:
    """A file of ours; its content is in its name, so it can be kept for ever."""
    found = pages.static_file(request.path_values["name"])
    if found is None:
        raise NotFound
    octets, content_type = found
    return Response(octets.decode(), {"Content-Type": content_type, "Cache-Control": FOREVER}, 200)


# CLIENT: no session is looked at, so this costs one read of the settings and no more.
@surface.route("GET", "/healthz", CLIENT)
def health(_call: Call) -> Response:
    """The server runs and can read its tables."""
    return answers.as_json({"status": "OK"})


@surface.fixed("/.well-known/change-password")
def change_password(_request: Request) -> Response:
    """Where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return answers.go("/account/security/password", 302)


@surface.fixed("/.well-known/security.txt")
def security(_request: Request) -> Response:
    """Whom to tell about a hole (RFC 9116)."""
    text = f"Contact: {config.current().url('/help')}\nExpires: 2027-11-01T00:00:00Z\nPreferred-Languages: en\n"
    return Response(text, {"Content-Type": "text/plain; charset=utf-8"}, 200)
