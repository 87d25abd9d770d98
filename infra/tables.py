"""The tables as CloudFormation resources, made from the PynamoDB models.

`python -m infra.tables` prints the template for the deployment that the environment variables
`GATEPOST_ISSUER` and `GATEPOST_TABLE_PREFIX` name.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from pynamodb.models import Model

from chalicelib.store.record import ExpiryAttribute
from chalicelib.store.tables import MODELS

Definition = dict[str, Any]


def definition(model: type[Model]) -> Definition:
    """Describe a model's table as CreateTable takes it: keys, indexes, projections, on demand."""
    schema = model._get_schema()  # PynamoDB offers the schema only together with the creation
    types = {a["AttributeName"]: a["AttributeType"] for a in schema["attribute_definitions"]}
    described: Definition = {
        "TableName": model.Meta.table_name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _hash_first(schema["key_schema"]),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": types[name]} for name in sorted(types)],
    }
    if indexes := schema["global_secondary_indexes"]:
        described["GlobalSecondaryIndexes"] = [_index(index) for index in indexes]
    return described


def expiry_attribute(model: type[Model]) -> str | None:
    """Name the attribute by which DynamoDB sweeps the table's rows, if it does."""
    attributes = model.get_attributes().values()
    expiries = [a.attr_name for a in attributes if isinstance(a, ExpiryAttribute)]
    return expiries[0] if expiries else None


def resource(model: type[Model]) -> Definition:
    """Describe a table as CloudFormation does; a deleted stack does not take the rows along."""
    properties = definition(model) | {
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
        "SSESpecification": {"SSEEnabled": True},
    }
    if expiry := expiry_attribute(model):
        properties["TimeToLiveSpecification"] = {"AttributeName": expiry, "Enabled": True}
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def template(models: Iterable[type[Model]] = MODELS) -> Definition:
    """Make the template of all tables; a table's logical id is its model's name."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The tables of Gatepost",
        "Resources": {f"{model.__name__}Table": resource(model) for model in models},
    }


def _index(schema: Mapping[str, Any]) -> Definition:
    return {
        "IndexName": schema["index_name"],
        "KeySchema": _hash_first(schema["key_schema"]),
        "Projection": dict(schema["projection"]),
    }


def _hash_first(key_schema: Iterable[Mapping[str, Any]]) -> list[Definition]:
    # DynamoDB wants this order; PynamoDB gives the order of the class body.
    return sorted((dict(key) for key in key_schema), key=lambda key: key["KeyType"])


if __name__ == "__main__":
    json.dump(template(), sys.stdout, indent=2)
    sys.stdout.write("\n")
