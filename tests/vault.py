"""The keys secret in the hands of tests: looked into, and left as it was found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session

from chalicelib import config
from chalicelib.store import keys


@contextmanager
def kept_as_found() -> Iterator[Any]:
    """Secrets Manager; at the end the secret is as before, and this worker cold."""
    client: Any = botocore.session.get_session().create_client("secretsmanager")
    before = keys.content()
    keys.forget()
    yield client
    client.put_secret_value(SecretId=config.current().keys_secret, SecretString=json.dumps(before))
    keys.forget()


def kids() -> list[str]:
    """The ids of the signing keys in the secret."""
    return [key["kid"] for key in keys.content()["signing"]]


def root_ids() -> list[str]:
    """The ids of the roots in the secret, newest first."""
    return [root["id"] for root in keys.content()["roots"]]
