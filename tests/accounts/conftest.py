"""Knocking at the door: trying to sign in, and what a try costs."""

from collections.abc import Callable
from typing import Any

import argon2
import pytest

from chalicelib.accounts.sign_in import Attempt, login_key, sign_in
from chalicelib.credentials import password_matches
from chalicelib.store.audit import Origin
from chalicelib.store.connection import connection
from chalicelib.store.users import User
from tests.make import PASSWORD, World

HOME, OFFICE = "198.51.100.7", "203.0.113.9"
Steps = list[str]


@pytest.fixture
def knock(world: World) -> Callable[..., User]:
    """Try to sign in, from a network of one's choice."""

    def knock(login_id: str, password: str = PASSWORD, network: str = HOME, device: str | None = None) -> User:
        origin = Origin("sign-in", network, "a test", world.origin().request_id, world.now)
        attempt = Attempt(login_id, password, device)
        return sign_in(attempt, world.find(login_key(login_id)), world.settings(), origin)[0]

    return knock


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, world: World) -> Steps:
    """What was asked of DynamoDB and of Argon2, in order."""
    password_matches("anything", None)  # a worker's first unknown person costs one hash more
    done: Steps = []
    verify, dispatch = argon2.PasswordHasher.verify, connection().dispatch

    def verified(self: Any, *arguments: Any) -> Any:
        done.append("verify")
        return verify(self, *arguments)

    def dispatched(operation: str, request: Any) -> Any:
        rows = request.get("TransactItems") or [1 for table in request["RequestItems"].values() for _ in table["Keys"]]
        done.append(f"{operation} of {len(rows)}")
        return dispatch(operation, request)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verified)
    monkeypatch.setattr(connection(), "dispatch", dispatched)
    return done
