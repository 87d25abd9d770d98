"""What the deployed function is allowed to do: read and write its own tables, read its own keys, write its own log."""

import json
from pathlib import Path
from typing import Any

import pytest

CHALICE = Path(__file__).parents[2] / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
STAGES = sorted(CONFIG["stages"])


def policy(stage: str) -> dict[str, Any]:
    """Read a stage's policy, statement by statement."""
    held = json.loads((CHALICE / CONFIG["stages"][stage]["iam_policy_file"]).read_text())
    return {statement["Sid"]: statement for statement in held["Statement"]}


def test_chalice_does_not_make_up_a_policy_of_its_own() -> None:
    assert CONFIG["autogen_policy"] is False


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_may_use_its_own_tables_and_key_only(stage: str) -> None:
    environment = CONFIG["stages"][stage]["environment_variables"]
    tables = f"arn:aws:dynamodb:*:*:table/{environment['GATEPOST_TABLE_PREFIX']}*"

    statements = policy(stage)

    assert statements["Tables"]["Resource"] == tables
    assert statements["Indexes"]["Resource"] == f"{tables}/index/*"
    secret = f"arn:aws:secretsmanager:*:*:secret:{environment['GATEPOST_KEYS_SECRET']}-??????"
    assert statements["Keys"]["Resource"] == secret


@pytest.mark.parametrize("stage", STAGES)
def test_no_action_is_a_pattern(stage: str) -> None:
    assert "*" not in json.dumps([statement["Action"] for statement in policy(stage).values()])
