// node-oidc-provider's adapter contract over one DynamoDB table, with strongly consistent reads where the table allows.

import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

const TABLE = "peer";
const INDEXED = ["uid", "grantId", "userCode"];
let dynamodb;

/** Connect, and make the one table with an index for each attribute that is searched by. */
export async function createTable(endpoint) {
  dynamodb = new DynamoDBClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await dynamodb.send(new CreateTableCommand({
    TableName: TABLE,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["id", ...INDEXED].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    GlobalSecondaryIndexes: INDEXED.map((AttributeName) => ({
      IndexName: AttributeName,
      KeySchema: [{ AttributeName, KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    })),
  }));
}

/** The rows of one model. */
export class DynamoAdapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return { id: { S: `${this.model}#${id}` } };
  }

  async upsert(id, payload, expiresIn) {
    const row = { id: `${this.model}#${id}`, payload };
    for (const name of INDEXED) if (payload[name]) row[name] = payload[name];
    if (expiresIn) row.expiresAt = now() + expiresIn;
    const Item = marshall(row, { removeUndefinedValues: true });
    await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
  }

  async find(id) {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: TABLE, Key: this.key(id), ConsistentRead: true }),
    );
    return payloadOf(Item);
  }

  async findByUid(uid) {
    return payloadOf((await this.search("uid", uid))[0]);
  }

  async findByUserCode(userCode) {
    return payloadOf((await this.search("userCode", userCode))[0]);
  }

  async consume(id) {
    await dynamodb.send(new UpdateItemCommand({
      TableName: TABLE,
      Key: this.key(id),
      UpdateExpression: "SET payload.#consumed = :now",
      ConditionExpression: "attribute_exists(id)",
      ExpressionAttributeNames: { "#consumed": "consumed" },
      ExpressionAttributeValues: { ":now": { N: String(now()) } },
    }));
  }

  async destroy(id) {
    await dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: this.key(id) }));
  }

  async revokeByGrantId(grantId) {
    for (const { id } of await this.search("grantId", grantId)) {
      await dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: { id } }));
    }
  }

  async search(IndexName, value) {
    const { Items } = await dynamodb.send(new QueryCommand({
      TableName: TABLE,
      IndexName,
      KeyConditionExpression: "#name = :value",
      ExpressionAttributeNames: { "#name": IndexName },
      ExpressionAttributeValues: { ":value": { S: value } },
    }));
    return Items;
  }
}

function payloadOf(Item) {
  if (!Item) return undefined;
  const row = unmarshall(Item);
  return row.expiresAt && row.expiresAt < now() ? undefined : row.payload;
}

function now() {
  return Math.floor(Date.now() / 1000);
}
