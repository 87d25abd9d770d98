// Drives openid-client, unmodified, line by line: JSON in (client and step), JSON out (what it gave, or how it refused).
import { createInterface } from "node:readline";

import * as client from "openid-client";

const authentications = {
  client_secret_basic: client.ClientSecretBasic,
  client_secret_post: client.ClientSecretPost,
  none: client.None,
};

/** What a web application does when somebody presses "Sign in": the address, and what it remembers for this browser. */
const authorize = async (config, { parameters }) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const url = client.buildAuthorizationUrl(config, {
    ...parameters,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  return { url: url.href, checks };
};

const exchange = async (config, { arrived, checks }) => {
  const tokens = await client.authorizationCodeGrant(config, new URL(arrived), checks);
  return { ...tokens, claims: tokens.claims() };
};

const steps = {
  discover: (config) => config.serverMetadata(),
  authorize,
  exchange,
  userinfo: (config, { token, subject }) => client.fetchUserInfo(config, token, subject),
  refresh: (config, { token }) => client.refreshTokenGrant(config, token),
  introspect: (config, { token }) => client.tokenIntrospection(config, token),
  revoke: (config, { token }) => client.tokenRevocation(config, token),
  endSession: (config, { parameters }) => client.buildEndSessionUrl(config, parameters).href,
};

const configuration = ({ server, clientId, secret, method }) =>
  client.discovery(new URL(server), clientId, undefined, authentications[method](secret), {
    execute: [client.allowInsecureRequests], // the server of the tests is on this machine, by http
  });

const taken = async ({ step, ...given }) => {
  try {
    const config = await configuration(given);
    client.enableNonRepudiationChecks(config); // check signatures too, although TLS would do for what comes directly
    return { value: (await steps[step](config, given)) ?? null };
  } catch (error) {
    return { refused: error.error ?? error.code ?? error.name, message: error.cause?.message ?? error.message };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await taken(JSON.parse(line)))}\n`);
}
