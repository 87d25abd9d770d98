"""Make what a deployment needs before its first request and lacks: tables, keys, settings."""

from typing import Any

import botocore.session
from pynamodb.models import Model

from chalicelib.store import keys, settings
from chalicelib.store.tables import MODELS
from infra.tables import definition, expiry_attribute


def provision() -> None:
    """Create the missing tables, then the keys secret and the settings.

    Raises:
        botocore.exceptions.BotoCoreError, ClientError: AWS cannot be reached, or refuses.

    """
    client: Any = botocore.session.get_session().create_client("dynamodb")
    there = _existing(client)
    missing = [model for model in MODELS if model.Meta.table_name not in there]
    for model in missing:
        client.create_table(**definition(model))
    for model in missing:
        _finish(client, model)
    keys.provision()
    settings.provision()


def _existing(client: Any) -> set[str]:
    pages = client.get_paginator("list_tables").paginate()
    return {name for page in pages for name in page["TableNames"]}


def _finish(client: Any, model: type[Model]) -> None:
    client.get_waiter("table_exists").wait(TableName=model.Meta.table_name)
    if expiry := expiry_attribute(model):
        specification = {"Enabled": True, "AttributeName": expiry}
        client.update_time_to_live(TableName=model.Meta.table_name, TimeToLiveSpecification=specification)


if __name__ == "__main__":
    provision()
