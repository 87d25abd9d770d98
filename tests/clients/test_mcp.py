"""The MCP SDK for Python, unmodified: its client, its server, and Gatepost between them (checklists 1.19).

The client knows nothing but the address of the server. What it finds out, registers, asks and proves is its own doing.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx2
import jwt
import pytest
import uvicorn
from mcp.client.auth import OAuthClientProvider, OAuthFlowError, OAuthRegistrationError
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from chalicelib import config
from tests.browser import Answer, Browser, me
from tests.examples.resource_servers import AccessTokens
from tests.make import World
from tests.ports import free_port

R = TypeVar("R")
CALLBACK = "http://127.0.0.1:3030/callback"


def in_a_loop_of_its_own(run: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Run to the end, in another thread: in this one the loop of the browser tests may be running."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(lambda: asyncio.run(run())).result()


class Memory:
    """Where the SDK keeps what it has."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens."""
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep the tokens."""
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """The registration."""
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep the registration."""
        self.client = client_info


class Agent:
    """An MCP client on somebody's machine, with their browser at hand."""

    def __init__(self, browser: Browser, decision: str = "allow") -> None:
        self.memory = Memory()
        self.browser = browser
        self.decision = decision
        self.asked: list[Answer] = []
        self.came_back: dict[str, str] = {}

    def provider(self, url: str) -> OAuthClientProvider:
        """The SDK's own OAuth, for a server at this address."""
        metadata = OAuthClientMetadata(client_name="Agent", redirect_uris=[AnyUrl(CALLBACK)])
        return OAuthClientProvider(url, metadata, self.memory, self.open_browser, self.answer)

    async def open_browser(self, url: str) -> None:
        """Show the person the address; they decide."""
        page = await asyncio.to_thread(self.browser.get, url)
        self.asked.append(page)
        gone = await asyncio.to_thread(self.browser.decide, page, self.decision) if page.status == 200 else page
        self.came_back = gone.answer

    async def answer(self) -> AuthorizationCodeResult:
        """What came back to the callback."""
        back = self.came_back
        return AuthorizationCodeResult(code=back.get("code", ""), state=back.get("state"), iss=back.get("iss"))

    def get(self, url: str) -> httpx2.Response:
        """GET an address, signing in where that is asked for."""

        async def fetched() -> httpx2.Response:
            async with httpx2.AsyncClient(auth=self.provider(url), trust_env=False) as http:
                return await http.get(url)

        return in_a_loop_of_its_own(fetched)

    def call(self, url: str, tool: str) -> str:
        """Call a tool of an MCP server; give the text it answers with."""

        async def called() -> str:
            async with (
                httpx2.AsyncClient(auth=self.provider(url), trust_env=False) as http,
                streamable_http_client(url, http_client=http) as streams,
                ClientSession(*streams) as session,
            ):
                await session.initialize()
                result = await session.call_tool(tool, {})
                return str(result.content[0].text)  # type: ignore[union-attr]  # a text, as the tool is written

        return in_a_loop_of_its_own(called)


class Verifier:
    """The example's check of tokens, as the SDK's server side takes it."""

    def __init__(self, resource: str) -> None:
        self.tokens = AccessTokens(config.current().issuer, resource)

    async def verify_token(self, token: str) -> AccessToken | None:
        """Check a token for this server."""
        claims = await asyncio.to_thread(self.tokens.verify, token)
        if claims is None:
            return None
        scopes, audience = claims["scope"].split(), claims["aud"]
        return AccessToken(
            token=token, client_id=claims["client_id"], scopes=scopes, subject=claims["sub"], resource=audience
        )


def serve(port: int, resource: str) -> tuple[uvicorn.Server, threading.Thread]:
    """An MCP server with one tool, by the SDK; it accepts Gatepost's tokens for `resource`."""
    # From texts: pydantic's own URLs end in a slash that the issuer does not have.
    auth = AuthSettings.model_validate(
        {
            "issuer_url": config.current().issuer,
            "resource_server_url": resource,
            "required_scopes": ["calendar:read"],
            "validate_token_resource": True,
        }
    )
    mcp = MCPServer("calendar", auth=auth, token_verifier=Verifier(resource), log_level="CRITICAL")

    @mcp.tool()
    def today() -> str:
        """What is on today."""
        return "Standup at ten"

    served = uvicorn.Config(
        mcp.streamable_http_app(json_response=True), host="127.0.0.1", port=port, log_level="critical", ws="none"
    )
    running = uvicorn.Server(served)
    thread = threading.Thread(target=running.run, daemon=True)
    return running, thread


@pytest.fixture
def calendar() -> Iterator[str]:
    """The address of an MCP server that is running."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    running, thread = serve(port, url)
    started = threading.Event()
    running_startup: Callable[..., Awaitable[None]] = running.startup

    async def startup(*arguments: Any, **keywords: Any) -> None:
        await running_startup(*arguments, **keywords)
        started.set()

    running.startup = startup  # type: ignore[method-assign]  # uvicorn says in no other way that it listens
    thread.start()
    assert started.wait(20)
    yield url
    running.should_exit = True
    thread.join(20)


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in, where programs may register themselves."""
    world.set(dynamic_registration=True)
    return browser.holding(world.session(world.leo))


def said(agent: Agent) -> dict[str, Any]:
    """The claims of the access token the SDK holds."""
    assert agent.memory.tokens
    claims: dict[str, Any] = jwt.decode(agent.memory.tokens.access_token, options={"verify_signature": False})
    return claims


def test_an_agent_finds_registers_asks_and_calls(leo: Browser, world: World, calendar: str) -> None:
    """mcp-1, mcp-2, 9728-1, 7591-1, 8707-2: from a bare 401 to a call, and the token is for this server alone."""
    world.resource(calendar)
    agent = Agent(leo)

    assert agent.call(calendar, "today") == "Standup at ten"

    claims = said(agent)
    assert (claims["aud"], claims["sub"]) == (calendar, world.leo.user_id)
    assert "calendar:read" in claims["scope"].split()
    assert me(agent.memory.tokens.access_token).status == 401  # type: ignore[union-attr]  # `said` looked


def test_the_person_is_told_who_asks_and_for_what(leo: Browser, world: World, calendar: str) -> None:
    """mcp-8: consent for each client, with the host it returns to."""
    world.resource(calendar)
    agent = Agent(leo)

    agent.call(calendar, "today")

    page = agent.asked[0].page
    assert page.h1 == "Allow Agent to use your Gatepost account?"
    assert "See your calendar" in page.text
    assert "127.0.0.1" in page.text
    assert "Everything you can do on this server" not in page.text


def test_who_has_tokens_is_not_sent_to_the_browser_again(leo: Browser, world: World, calendar: str) -> None:
    """The SDK starts anew with what it kept."""
    world.resource(calendar)
    agent = Agent(leo)

    agent.call(calendar, "today")
    agent.call(calendar, "today")

    assert len(agent.asked) == 1


def test_a_token_that_ran_out_is_refreshed_for_the_same_server(leo: Browser, world: World, calendar: str) -> None:
    """mcp-7, 8707-2: the SDK names the resource at every refresh; refresh tokens rotate."""
    world.resource(calendar)
    agent = Agent(leo)

    first, second = refreshed(agent, calendar, world), refreshed(agent, calendar, world)

    assert first[0] == second[0] == calendar
    assert first[1] != second[1]


def refreshed(agent: Agent, calendar: str, world: World) -> tuple[str, str]:
    """Audience and refresh token after a call."""
    agent.call(calendar, "today")
    world.clock.shift(301)
    assert agent.memory.tokens
    return said(agent)["aud"], agent.memory.tokens.refresh_token or ""


def test_a_token_for_another_server_is_refused(leo: Browser, world: World, calendar: str) -> None:
    """mcp-4, 8707-3, attack 29: no token passthrough; the agent signs in for the right one."""
    world.resource(calendar)
    agent = Agent(leo)
    agent.get(config.current().url("/api/v4/users/me"))
    assert said(agent)["aud"] == config.current().url("/api/v4")

    agent.call(calendar, "today")

    assert said(agent)["aud"] == calendar
    assert len(agent.asked) == 2


def test_a_server_nobody_registered_gets_no_tokens(leo: Browser, calendar: str) -> None:
    """8707-1: `invalid_target`, told to the client."""
    agent = Agent(leo)

    with pytest.raises(BaseException) as failure:  # noqa: PT011  # a group around the SDK's own error
        agent.call(calendar, "today")

    assert agent.came_back["error"] == "invalid_target"
    assert failure.group_contains(OAuthFlowError) or isinstance(failure.value, OAuthFlowError)


def test_deny_is_denied(leo: Browser, world: World, calendar: str) -> None:
    """6749-3: the client hears `access_denied`, with `state` and `iss`."""
    world.resource(calendar)
    agent = Agent(leo, "deny")

    with pytest.raises(BaseException) as failure:  # noqa: PT011  # a group around the SDK's own error
        agent.call(calendar, "today")

    assert agent.came_back["error"] == "access_denied"
    assert failure.group_contains(OAuthFlowError) or isinstance(failure.value, OAuthFlowError)


def test_where_programs_may_not_register_the_sdk_says_so(leo: Browser, world: World) -> None:
    """8414-3: no endpoint in the metadata, and nothing where the SDK would guess one."""
    world.set(dynamic_registration=False)

    with pytest.raises(OAuthRegistrationError, match="404"):
        Agent(leo).get(config.current().url("/api/v4/users/me"))


def test_an_agent_asks_for_no_more_than_the_call_needs(leo: Browser) -> None:
    """mcp-2: the challenge names the scope, or the SDK asks for all there are, "everything you can do" among them."""
    agent = Agent(leo)

    agent.get(config.current().url("/api/v4/users/me"))

    assert said(agent)["scope"] == "offline_access users:read"
    assert "Everything you can do on this server" not in agent.asked[0].page.text


def test_our_own_api_is_a_protected_resource_like_any_other(leo: Browser) -> None:
    """9728-1, 9728-2: from a 401 of GET /api/v4/users/me to the person's account."""
    agent = Agent(leo)

    answer = agent.get(config.current().url("/api/v4/users/me"))

    assert (answer.status_code, answer.json()["username"]) == (200, "leo")
    assert said(agent)["aud"] == config.current().url("/api/v4")
