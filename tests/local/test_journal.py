"""The data folder: what a stop, a crash and a second process do to it."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from local import emulator
from local.data_folder import UnusableFolder, held

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
TABLE = {
    "TableName": "things",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from local import emulator
from tests.local.test_journal import connected, thing
with emulator.running(Path(sys.argv[1])):
    client = connected()
    for number in range(50):
        client.put_item(TableName="things", Item=thing(str(number)))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def connected(service: str = "dynamodb") -> Any:
    """Make a client; for DynamoDB with the table that these tests write to."""
    client: Any = botocore.session.get_session().create_client(service, region_name=REGION)
    if service == "dynamodb":
        client.create_table(**TABLE)
    return client


def thing(name: str, **more: Any) -> dict[str, Any]:
    """Make a row."""
    return {"id": {"S": name}, "octets": {"B": b"\x00\xff"}, **more}


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Start on a data folder and read every row."""
    with emulator.running(folder):
        items = connected().scan(TableName="things")["Items"]
    return {item["id"]["S"]: item for item in items}


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose the region that the emulator itself uses."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


def test_rows_are_there_again_after_a_stop(tmp_path: Path) -> None:
    nested = {"M": {"bytes": {"B": b"deep"}, "list": {"L": [{"N": "1"}, {"NULL": True}]}}}
    with emulator.running(tmp_path):
        connected().put_item(TableName="things", Item=thing("a", map=nested))

    assert rows(tmp_path) == {"a": thing("a", map=nested)}


def test_every_kind_of_write_is_kept(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        client = connected()
        puts = [{"PutRequest": {"Item": thing(name)}} for name in ("updated", "deleted", "gone")]
        client.batch_write_item(RequestItems={"things": puts})
        client.update_item(
            TableName="things",
            Key={"id": {"S": "updated"}},
            UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "7"}},
        )
        client.delete_item(TableName="things", Key={"id": {"S": "deleted"}})
        put = {"Put": {"TableName": "things", "Item": thing("together")}}
        delete = {"Delete": {"TableName": "things", "Key": {"id": {"S": "gone"}}}}
        client.transact_write_items(TransactItems=[put, delete])

    kept = rows(tmp_path)

    assert kept == {"updated": thing("updated", n={"N": "7"}), "together": thing("together")}


def test_a_refused_write_is_not_kept(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        client = connected()
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            client.put_item(TableName="things", Item=thing("a"), ConditionExpression="attribute_exists(id)")

    assert rows(tmp_path) == {}


def test_a_killed_process_loses_nothing_it_had_acknowledged(tmp_path: Path) -> None:
    environment = os.environ | {"AWS_DEFAULT_REGION": REGION, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITE_AND_DIE, str(tmp_path)]

    died = subprocess.run(command, env=environment, cwd=ROOT, check=False)

    assert died.returncode == -signal.SIGKILL
    assert len(rows(tmp_path)) == 50


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        connected().put_item(TableName="things", Item=thing("whole"))
    with (tmp_path / emulator.JOURNAL_FILE).open("a") as log:
        log.write('[["things",{"id":{"S":"torn"}},{"id":{"S"')

    assert rows(tmp_path).keys() == {"whole"}


def test_a_log_damaged_in_its_middle_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / emulator.JOURNAL_FILE).write_text("[broken\n[]\n")

    with pytest.raises(UnusableFolder, match=r"is damaged at line 1\.$"):
        rows(tmp_path)


def test_a_start_drops_what_is_past_from_the_log(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        client = connected()
        for number in range(20):
            client.put_item(TableName="things", Item=thing("same", n={"N": str(number)}))

    rows(tmp_path)

    assert len((tmp_path / emulator.JOURNAL_FILE).read_text().splitlines()) == 1


def test_rows_of_a_table_that_is_not_made_again_stay_in_the_log(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        connected().put_item(TableName="things", Item=thing("a"))
    with emulator.running(tmp_path):
        pass

    assert rows(tmp_path).keys() == {"a"}


def test_a_dropped_table_stays_empty(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        client = connected()
        client.put_item(TableName="things", Item=thing("a"))
        client.delete_table(TableName="things")

    assert rows(tmp_path) == {}


def test_secrets_are_there_again_after_a_stop(tmp_path: Path) -> None:
    with emulator.running(tmp_path):
        client = connected("secretsmanager")
        client.create_secret(Name="keys", SecretString="first")
        client.put_secret_value(SecretId="keys", SecretString="second")

    with emulator.running(tmp_path):
        assert connected("secretsmanager").get_secret_value(SecretId="keys")["SecretString"] == "second"


def test_data_is_for_its_owner_only(tmp_path: Path) -> None:
    with held(tmp_path / "data") as folder, emulator.running(folder):
        connected("secretsmanager").create_secret(Name="keys", SecretString="s")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {"lock": 0o600, "tables.log": 0o600, "secrets.json": 0o600}


def test_a_data_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(UnusableFolder, match="in use by another process"), held(tmp_path):
        pass


def test_a_released_data_folder_can_be_held_again(tmp_path: Path) -> None:
    with held(tmp_path):
        pass

    with held(tmp_path) as folder:
        assert folder == tmp_path


def test_a_file_in_the_place_of_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(UnusableFolder, match=r"data cannot be used: File exists\.$"), held(tmp_path / "data"):
        pass
