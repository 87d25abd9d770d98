// Calls Mattermost's own client, unmodified: JSON in (where, with what token, which methods), JSON out (what they gave).
"use strict";

const { readFileSync } = require("node:fs");

const { Client4 } = require("@mattermost/client");

const outcome = async (client, [method, ...values]) => {
  try {
    return { value: (await client[method](...values)) ?? null };
  } catch (error) {
    return { refused: [error.status_code ?? 0, error.server_error_id ?? String(error)] };
  }
};

const main = async () => {
  const { url, token, calls } = JSON.parse(readFileSync(0, "utf8"));
  const client = new Client4();
  client.setUrl(url);
  client.setToken(token);
  const outcomes = [];
  for (const call of calls) outcomes.push(await outcome(client, call));
  return { outcomes, token: client.getToken() };
};

main().then((given) => process.stdout.write(JSON.stringify(given)));
