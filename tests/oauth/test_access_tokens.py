"""Access tokens: what is checked without a read, what with one, and what the rows decide."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import config
from chalicelib.credentials import new_id
from chalicelib.errors import InvalidToken
from chalicelib.oauth import signing
from chalicelib.oauth.access_tokens import audience, recognise, verify
from chalicelib.oauth.signing import MAX_LENGTH
from chalicelib.store import keys
from tests.faults import counted
from tests.make import World

FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def claims(world: World, **changes: Any) -> dict[str, Any]:
    """The claims of a good token; None leaves one out."""
    now = world.now // 1000
    good = {
        "iss": config.current().issuer,
        "sub": new_id(),
        "client_id": new_id(),
        "aud": audience(),
        "scope": "user",
        "iat": now,
        "exp": now + 3600,
        "jti": new_id(),
        "fam": new_id(),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(world: World, content: dict[str, Any], **header: Any) -> str:
    """A token signed with our own key."""
    kid = world.settings().signing_kid
    headers = {"typ": "at+jwt", "kid": kid} | header
    return jwt.encode(content, world.settings().keys.private(kid), algorithm="RS256", headers=headers)


def by_hand(header: dict[str, Any], content: object, signature: bytes = b"") -> str:
    """A token no library would make."""
    parts = (json.dumps(header).encode(), json.dumps(content).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def refused(world: World, text: str) -> bool:
    """Whether a token is refused by a warm worker without a read, and by a cold one after it."""
    world.settings().keys.public  # noqa: B018  # warm
    with counted() as calls:
        warm = recognise(text) is None
    assert calls == []
    keys.forget()
    token = recognise(text)
    if token is None:
        return warm
    with pytest.raises(InvalidToken):
        verify(token, world.settings())
    return warm


def test_a_good_token_is_recognised_without_a_read(world: World) -> None:
    """DESIGN section 3; 9068-1."""
    content = claims(world)
    text = signed(world, content)

    with counted() as calls:
        token = recognise(text)

    assert calls == []
    assert token is not None
    assert token.claims.user_id == content["sub"]
    assert verify(token, world.settings()) == token.claims


def test_what_we_mint_is_a_jwt_of_the_profile(world: World) -> None:
    """9068-1: header and claims."""
    from tests.oauth.flow import allow, exchange

    app = world.app()
    text = exchange(world, app, allow(world, app, world.leo)).access_token

    header, content = jwt.get_unverified_header(text), jwt.decode(text, options={"verify_signature": False})

    assert header == {"alg": "RS256", "typ": "at+jwt", "kid": world.settings().signing_kid}
    assert (content["iss"], content["aud"]) == (config.current().issuer, config.current().issuer + "/api/v4")
    assert (content["sub"], content["client_id"], content["scope"]) == (world.leo.user_id, app.client_id, "user")
    assert content["exp"] - content["iat"] == 3600
    assert set(content) == {"iss", "sub", "client_id", "aud", "scope", "iat", "exp", "jti", "auth_time", "fam"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": "http://localhost"},
        {"aud": "https://other.example/api"},
        {"aud": ""},
        {"exp": 1_795_435_200},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": 1_795_435_200 + 3600},
        {"sub": "leo"},
        {"sub": 7},
        {"client_id": "l" * 26},
        {"client_id": ["a"]},
        {"fam": "../settings"},
        {"fam": ""},
        {"scope": 7},
        {"scope": ["user"]},
        *({name: None} for name in ("iss", "sub", "client_id", "aud", "scope", "iat", "exp", "jti", "fam")),
    ],
    ids=str,
)
def test_one_wrong_claim_is_enough(world: World, changes: dict[str, Any]) -> None:
    """9068-2: issuer, audience, expiry; DESIGN section 3: well-formed ids."""
    assert refused(world, signed(world, claims(world, **changes)))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "id+jwt", "AT+JWT ", "", None])
def test_another_type_of_jwt_is_no_access_token(world: World, typ: str | None) -> None:
    """9068-2; attack 29: an id_token is not an access token."""
    assert refused(world, signed(world, claims(world), typ=typ))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused(world: World, algorithm: str) -> None:
    """9068-2: no `none`."""
    header = {"alg": algorithm, "typ": "at+jwt", "kid": world.settings().signing_kid}

    assert refused(world, by_hand(header, claims(world)))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_the_public_key_is_no_shared_secret(world: World, algorithm: str, form: PublicFormat) -> None:
    """9068-2: algorithm confusion, an HMAC under the public key everybody can fetch."""
    import hmac

    kid = world.settings().signing_kid
    pem = world.settings().keys.public[kid].public_bytes(Encoding.PEM, form)
    body = by_hand({"alg": algorithm, "typ": "at+jwt", "kid": kid}, claims(world)).rpartition(".")[0]
    made = hmac.digest(pem, body.encode(), "sha" + algorithm[2:])

    assert refused(world, f"{body}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}")


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_our_own_key_with_another_algorithm_is_refused(world: World, algorithm: str) -> None:
    """9068-2: an allowlist of one."""
    kid = world.settings().signing_kid
    private = world.settings().keys.private(kid)
    text = jwt.encode(claims(world), private, algorithm=algorithm, headers={"typ": "at+jwt", "kid": kid})

    assert refused(world, text)


def test_somebody_elses_key_under_our_name_is_refused(world: World) -> None:
    """Attack 29; DESIGN section 3: a forged token costs no read."""
    headers = {"typ": "at+jwt", "kid": world.settings().signing_kid}

    assert refused(world, jwt.encode(claims(world), FOREIGN_KEY, algorithm="RS256", headers=headers))


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_token_itself_is_not_looked_at(world: World, header: str) -> None:
    """9068-2: keys come from our own set only."""
    theirs = {"jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key()))}
    headers = {"typ": "at+jwt", "kid": world.settings().signing_kid, header: theirs.get(header, "https://evil.example")}

    assert refused(world, jwt.encode(claims(world), FOREIGN_KEY, algorithm="RS256", headers=headers))


@pytest.mark.parametrize("kid", ["none", "../../dev/null", "' or 1=1", "", None, 7, ["a"]])
def test_a_key_nobody_has_verifies_nothing(world: World, kid: object) -> None:
    """DESIGN section 3: a name we do not know may be newer than our keys; after the read it is refused."""
    headers = {"alg": "RS256", "typ": "at+jwt", "kid": kid}
    token = recognise(by_hand({k: v for k, v in headers.items() if v is not None}, claims(world), b"x" * 256))
    if token is not None:
        assert token.keys_version is None
        with pytest.raises(InvalidToken):
            verify(token, world.settings())


def test_a_token_of_another_issuer_costs_no_read_even_with_an_unknown_key(world: World) -> None:
    """DESIGN section 3: a foreign token costs no read."""
    text = by_hand({"alg": "RS256", "typ": "at+jwt", "kid": "zzzz"}, claims(world, iss="https://evil.example"), b"x")

    assert recognise(text) is None


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_token_is_refused(world: World, part: int) -> None:
    """RFC 7515 section 5.2."""
    parts = signed(world, claims(world)).split(".")
    middle = len(parts[part]) // 2
    swapped = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + swapped + parts[part][middle + 1 :]

    assert recognise(".".join(parts)) is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b.c", "a.b", "a.b.c.d", "eyJ9.e30.", "\x00.\x00.\x00", "ä.ö.ü", "x" * 5000, "a." * 3000],
    ids=lambda text: text[:12],
)
def test_what_is_no_token_is_none(world: World, text: str) -> None:
    """6749-16."""
    assert recognise(text) is None


@pytest.mark.parametrize("content", [[], "user", 7, None, True, {}, {"iss": {"a": []}}])
def test_a_token_whose_claims_are_no_claims_is_none(world: World, content: object) -> None:
    """6749-16."""
    assert recognise(by_hand({"alg": "RS256", "typ": "at+jwt", "kid": "zzzz"}, content, b"x")) is None


def test_a_token_as_deep_as_it_may_be_long_is_none(world: World) -> None:
    """6749-16: nested beyond what a parser likes."""
    deep = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":' + b"[" * 1500 + b"]" * 1500).rstrip(b"=").decode()

    assert len(deep) < MAX_LENGTH
    assert recognise(f"{deep[:4000]}.e30.x") is None


@given(text=st.one_of(st.text(), st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode() + ".e30.AA")))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_recognised_or_none(world: World, text: str) -> None:
    """6749-16: never an error."""
    assert recognise(text) is None


def test_the_published_keys_hold_nothing_private(world: World) -> None:
    """oidc-5: public only; `use`, `kid`, `alg`."""
    (key,) = signing.key_set(world.settings())["keys"]

    assert (key["use"], key["alg"], key["kty"], key["kid"]) == ("sig", "RS256", "RSA", world.settings().signing_kid)
    assert set(key) <= {"kty", "use", "alg", "kid", "n", "e", "key_ops"}
    assert key.get("key_ops", ["verify"]) == ["verify"]


def test_the_published_key_verifies_what_we_sign(world: World) -> None:
    """RFC 7517; oidc-5."""
    (key,) = signing.key_set(world.settings())["keys"]

    found = jwt.decode(signed(world, claims(world)), jwt.PyJWK(key).key, ["RS256"], audience=audience())

    assert found["iss"] == config.current().issuer
