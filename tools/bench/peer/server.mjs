// node-oidc-provider with everything in DynamoDB, one account that is signed in and consents without being asked.
// Usage: node server.mjs DYNAMODB_URL CLIENT_JSON; prints its address when it listens.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import http from "node:http";

import Provider from "oidc-provider";

import { createTable, DynamoAdapter } from "./adapter.mjs";

const [dynamodbUrl, clientJson] = process.argv.slice(2);
const ACCOUNT = "leo";
const SCOPE = "openid profile";

await createTable(dynamodbUrl);
const server = http.createServer().listen(0, "127.0.0.1");
await new Promise((listening) => server.once("listening", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  adapter: DynamoAdapter,
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: "Leo Wong", preferred_username: sub }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: () => true,
  jwks: { keys: [{ ...newKey(), use: "sig", alg: "RS256", kid: "bench" }] },
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, Grant: 86_400, IdToken: 3600, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
});
const answer = provider.callback();

server.on("request", async (request, response) => {
  if (request.url.startsWith("/interaction/")) await signInAndAllow(request, response);
  else await answer(request, response);
});

const client = JSON.parse(clientJson);
await new DynamoAdapter("Client").upsert(client.client_id, client);
console.log(issuer);

/** Finish an interaction as a person would who signs in and presses Allow. */
async function signInAndAllow(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId: params.client_id });
  grant.addOIDCScope(SCOPE);
  const result = { login: { accountId: ACCOUNT }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Make a signing key of Gatepost's kind: RSA of 2048 bits. */
function newKey() {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
}
