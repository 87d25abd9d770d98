"""The emulator decides races as DynamoDB does: one winner."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.session
import pytest

from local import emulator
from tests.local.test_journal import connected, thing

RACERS = 16


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose the region that the emulator itself uses."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def won(client: Any, number: int) -> bool:
    """Try to be the one who writes the row."""
    write = {"Item": thing("prize", n={"N": str(number)}), "ConditionExpression": "attribute_not_exists(id)"}
    try:
        client.transact_write_items(TransactItems=[{"Put": {"TableName": "things", **write}}])
    except client.exceptions.TransactionCanceledException:
        return False
    return True


def test_of_racing_transactions_one_wins() -> None:
    with emulator.running(), ThreadPoolExecutor(RACERS) as pool:
        client = connected()

        winners = sum(pool.map(lambda number: won(client, number), range(RACERS)))

    assert winners == 1


def test_without_a_data_folder_nothing_is_kept() -> None:
    with emulator.running():
        connected().put_item(TableName="things", Item=thing("a"))

    with emulator.running():
        assert connected().scan(TableName="things")["Count"] == 0


def test_another_dynamodb_is_left_to_answer_for_itself() -> None:
    with emulator.running(mock_dynamodb=False):
        session = botocore.session.get_session()
        keys: Any = session.create_client("secretsmanager", aws_access_key_id="a", aws_secret_access_key="b")
        rows: Any = session.create_client(
            "dynamodb", endpoint_url="http://127.0.0.1:9", aws_access_key_id="a", aws_secret_access_key="b"
        )

        assert keys.create_secret(Name="keys", SecretString="s")["Name"] == "keys"
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            rows.list_tables()
