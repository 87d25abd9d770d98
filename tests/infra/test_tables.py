"""The tables of a deployment are those the models describe, and lose nothing by accident."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from pynamodb.models import Model

from chalicelib.store.tables import MODELS
from infra.tables import definition, expiry_attribute, resource, template
from local import emulator

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Any]:
    """Deploy the template, and give a DynamoDB client that sees the result."""
    with emulator.running():
        session = botocore.session.get_session()
        cloudformation: Any = session.create_client("cloudformation")
        cloudformation.create_stack(StackName="gatepost", TemplateBody=json.dumps(template()))
        yield session.create_client("dynamodb")


def indexes(described: dict[str, Any]) -> dict[str, Any]:
    """Reduce a description's indexes to what was asked for."""
    found = described.get("GlobalSecondaryIndexes", [])
    return {index["IndexName"]: (index["KeySchema"], index["Projection"]) for index in found}


@every_model
def test_a_deployed_table_is_the_models(deployed: Any, model: type[Model]) -> None:
    wanted = definition(model)

    table = deployed.describe_table(TableName=model.Meta.table_name)["Table"]

    assert table["KeySchema"] == wanted["KeySchema"]
    assert table["AttributeDefinitions"] == wanted["AttributeDefinitions"]
    assert indexes(table) == indexes(wanted)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True


def test_the_stack_has_a_table_for_each_model_and_no_other(deployed: Any) -> None:
    assert set(deployed.list_tables()["TableNames"]) == {m.Meta.table_name for m in MODELS}


@every_model
def test_a_table_survives_its_stack_and_can_be_restored(model: type[Model]) -> None:
    described = resource(model)
    properties = described["Properties"]

    assert described["DeletionPolicy"] == described["UpdateReplacePolicy"] == "Retain"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}


@every_model
def test_rows_are_swept_by_the_expiry_attribute_where_there_is_one(model: type[Model]) -> None:
    swept = resource(model)["Properties"].get("TimeToLiveSpecification")

    expiry = expiry_attribute(model)

    assert swept == ({"AttributeName": expiry, "Enabled": True} if expiry else None)


def test_the_models_keys_are_keys_of_their_tables() -> None:
    """Spelt out for two tables, because everything above compares the models with themselves."""
    described = {model.__name__: definition(model) for model in MODELS}

    assert described["Grant"]["KeySchema"] == [
        {"AttributeName": "user_id", "KeyType": "HASH"},
        {"AttributeName": "client_id", "KeyType": "RANGE"},
    ]
    assert described["Event"]["GlobalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "ALL"}


def test_the_template_is_printed_as_json() -> None:
    printed = subprocess.run([sys.executable, "-m", "infra.tables"], capture_output=True, check=True)

    assert json.loads(printed.stdout) == template()
