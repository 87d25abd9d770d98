"""The environment of a process whose AWS is emulated: no AWS set-up of the developer leaks in."""

import os
from urllib.parse import urlsplit

REGION = "eu-central-1"


def enter(issuer: str, *, dynamodb_url: str | None = None) -> None:
    """Set this process's environment; before `chalicelib` is imported, because it reads it once.

    Credentials and profile stay the caller's own only when `dynamodb_url` is AWS itself.
    """
    if not _is_aws(dynamodb_url):
        _forget_aws()
        os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        os.environ |= {"AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull}
    if dynamodb_url:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb_url
    os.environ |= {
        "GATEPOST_ISSUER": issuer,
        "GATEPOST_TABLE_PREFIX": "gatepost-",
        "GATEPOST_KEYS_SECRET": "gatepost/keys",
    }


def _forget_aws() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def _is_aws(url: str | None) -> bool:
    return (urlsplit(url or "").hostname or "").endswith(".amazonaws.com")
