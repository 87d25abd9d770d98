"""The lines of the standards that Gatepost is tested against, and the table of them in docs/security.md.

`python -m tools.checklist` writes the table: an id, what it says, and the tests whose docstrings name it.
"""

import ast
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- the table: python -m tools.checklist -->", "<!-- end of the table -->"
ID = re.compile(r"\b(?:(?:6749|6750|7636|7009|7662|8414|7591|7592|8707|9068|9207|9700|9728|21)-\d+|(?:oidc|mcp)-\d+)\b")

# id: (M must, S should, X refused; what it asks, in our words)
LINES: Mapping[str, tuple[str, str]] = {
    "6749-1": ("M", "Authorization endpoint by GET and POST; token endpoint by POST only"),
    "6749-2": ("M", "Unknown parameters are ignored, empty ones absent, repeated ones an error"),
    "6749-3": ("M", "Unknown client or redirect URI: a page; every other error is sent back with state and iss"),
    "6749-4": ("M", "The error codes of both endpoints"),
    "6749-5": ("M", "invalid_client is 401, with a challenge if a header was sent; the rest is 400"),
    "6749-6": ("M", "Token answers: JSON, no-store, the members of section 5.1"),
    "6749-7": ("M", "Codes: once, shortly, bound to client, address, PKCE, person"),
    "6749-8": ("M", "A proven replay of a code ends what it bought; a guess changes nothing"),
    "6749-9": ("M", "The redirect URI of the exchange is the one of the request"),
    "6749-10": ("M", "Basic credentials are form-encoded before base64; malformed ones are 401"),
    "6749-11": ("M", "One way of client authentication in a request"),
    "6749-12": ("M", "No credentials in a query"),
    "6749-13": ("M", "Scopes: syntax, case, narrowing at refresh and never widening"),
    "6749-14": ("M", "The form type with a charset is taken, JSON is 415"),
    "6749-15": ("M", "302 and 303 only; the query of a redirect URI is kept"),
    "6749-16": ("M", "NUL, over-long values and invalid UTF-8 are 400"),
    "6749-17": ("X", "Password grant and implicit flow"),
    "6750-1": ("M", "Bearer tokens in the header, whatever the case of the scheme"),
    "6750-2": ("M", "Challenges: bare, invalid_token, insufficient_scope with the scope"),
    "6750-3": ("X", "Tokens in a query"),
    "6750-4": ("M", "Descriptions hold the characters the RFC permits"),
    "7636-1": ("M", "S256 only"),
    "7636-2": ("M", "Forms of challenge and verifier"),
    "7636-3": ("M", "No downgrade, in either direction"),
    "7636-4": ("M", "Constant-time comparison, and no word about which part failed"),
    "7636-5": ("M", "The metadata says S256"),
    "7636-6": ("S", "PKCE for everybody but the visibly exempt"),
    "7009-1": ("M", "Revocation: unknown tokens are 200, another client's are not revoked"),
    "7009-2": ("M", "Revoking either token ends both"),
    "7009-3": ("M", "A wrong hint does not matter"),
    "7009-4": ("S", "503 with Retry-After under load"),
    "7009-5": ("M", "The body is a JSON object"),
    "7009-6": ("M", "A revoked access token is dead at the next call"),
    "7009-7": ("S", "Open to browsers of other origins"),
    "7662-1": ("M", "Only the owning client and the resource servers of the audience learn anything"),
    "7662-2": ("M", "Everything else is exactly inactive"),
    "7662-3": ("M", "The members of an active token"),
    "7662-4": ("M", "POST only, no-store, no token in a log"),
    "8414-1": ("M", "The issuer is the configured one, byte for byte"),
    "8414-2": ("M", "A root issuer is mandatory"),
    "8414-3": ("M", "Only real capabilities are advertised"),
    "8414-4": ("S", "Cached for minutes, open to other origins"),
    "8414-5": ("M", "The same body for OpenID Connect"),
    "8414-6": ("M", "Provider off: 501"),
    "7591-1": ("M", "Registration answers with all effective metadata"),
    "7591-2": ("M", "The RFC's error codes"),
    "7591-3": ("M", "The chosen authentication method is enforced; both secret methods where none was chosen"),
    "7591-4": ("M", "Grant and response types agree; unknown members are ignored"),
    "7591-5": ("M", "Never trusted, never without consent"),
    "7591-6": ("M", "On and off, quotas, an allowlist matched by component"),
    "7591-7": ("M", "Open to browsers of other origins"),
    "7592-1": ("M", "Read, replace and delete with the registration access token"),
    "8707-1": ("M", "Resources: absolute, no fragment, repeatable, invalid_target"),
    "8707-2": ("M", "The audience is what was granted; a token request may pick of it"),
    "8707-3": ("M", "Our API refuses tokens for others"),
    "8707-4": ("S", "Identifiers are compared byte for byte"),
    "8707-5": ("M", "Without a resource: our own API"),
    "9068-1": ("M", "Access tokens: type, algorithm, key id, claims"),
    "9068-2": ("M", "What a resource server checks"),
    "9068-3": ("M", "A subject is a person, and cannot be taken for a client"),
    "9068-4": ("S", "Short lifetimes where tokens are checked offline"),
    "9207-1": ("M", "iss on every answer, equal to the metadata's"),
    "9700-1": ("M", "Exact redirect URIs; only the port of a loopback address varies"),
    "9700-2": ("M", "PKCE and the downgrade check"),
    "9700-3": ("X", "Implicit flow and password grant"),
    "9700-4": ("M", "Refresh tokens of public clients rotate"),
    "9700-5": ("M", "No open redirector: sign-in, sign-out, error pages"),
    "9700-6": ("S", "Audience and scope as small as asked"),
    "9700-7": ("M", "Consent cannot be forged or framed"),
    "9700-8": ("S", "Stronger client authentication than a shared secret"),
    "9700-9": ("M", "No referrer and nothing of others on pages that decide"),
    "9700-10": ("M", "Mix-up defence"),
    "9700-11": ("M", "Client ids are chosen by the server"),
    "9728-1": ("M", "Protected resource metadata"),
    "9728-2": ("M", "A 401 names the metadata"),
    "9728-3": ("M", "No offline_access among a resource's scopes"),
    "21-1": ("M", "CORS at the token endpoint, none at the authorization endpoint"),
    "21-2": ("M", "A replayed refresh token ends the access"),
    "21-3": ("M", "A new refresh token keeps the scope"),
    "21-4": ("S", "Refresh tokens end when unused"),
    "21-5": ("S", "People see who may act for them, and take it back"),
    "21-6": ("M", "https everywhere but on loopback"),
    "21-7": ("M", "Tokens and codes cannot be guessed"),
    "oidc-1": ("M", "ID tokens"),
    "oidc-2": ("M", "prompt and its errors"),
    "oidc-3": ("M", "max_age, hints, what is only a wish, request objects"),
    "oidc-4": ("M", "userinfo"),
    "oidc-5": ("M", "Discovery and key rotation"),
    "oidc-6": ("M", "Refresh tokens only where they were asked for"),
    "oidc-7": ("M", "Signing out from an application"),
    "mcp-1": ("M", "Discovery by any of the addresses clients try"),
    "mcp-2": ("M", "A protected resource names its authorization server"),
    "mcp-3": ("M", "insufficient_scope names all that is missing"),
    "mcp-4": ("M", "Audience check, no token passed through"),
    "mcp-5": ("S", "Dynamic registration"),
    "mcp-6": ("S", "iss"),
    "mcp-7": ("M", "Rotation for public clients"),
    "mcp-8": ("M", "Consent shows the host, per client, set only after approval"),
    "mcp-9": ("M", "https or localhost redirect URIs"),
    "mcp-10": ("S", "offline_access is advertised"),
}
# Not tested here, with the reason; docs/decisions.md says more where it is a choice.
OMITTED: Mapping[str, str] = {
    "9700-8": "client secrets have 190 random bits; keys and certificates are for a later version",
}


def tests_by_id() -> dict[str, list[str]]:
    """The tests that name each line in their docstring."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, docstring in _functions(path):
            for line in dict.fromkeys(ID.findall(docstring)):
                found.setdefault(line, []).append(f"{path.relative_to(ROOT)}::{name}")
    return found


def table() -> str:
    """The table as Markdown."""
    tests = tests_by_id()
    rows = [_row(line, *LINES[line], tests.get(line, [])) for line in LINES]
    return "\n".join(["| Line | | What it asks | Tests |", "| --- | --- | --- | --- |", *rows])


def untested() -> list[str]:
    """The lines no test names and nobody explains."""
    tests = tests_by_id()
    return [line for line in LINES if line not in tests and line not in OMITTED]


def written(document: str) -> str:
    """The document with today's table in it."""
    head, _, rest = document.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


@cache
def _functions(path: Path) -> list[tuple[str, str]]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    return [(node.name, ast.get_docstring(node) or "") for node in nodes if node.name.startswith("test_")]


def _row(line: str, level: str, asks: str, tests: list[str]) -> str:
    if not tests:
        return f"| {line} | {level} | {asks} | not tested: {OMITTED.get(line, '')} |"
    first = tests[0].replace("_", r"\_")
    more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    return f"| {line} | {level} | {asks} | {first}{more} |"


def main() -> int:
    """Write the table into docs/security.md; 1 when a line has no test."""
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
    missing = untested()
    print(f"Without a test: {', '.join(missing)}" if missing else "Every line has a test.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
