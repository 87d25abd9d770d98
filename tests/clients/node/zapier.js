// Runs the Zapier integration of examples/ as Zapier does: JSON in (a step and its bundle), JSON out (what came of it).
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const zapier = require("zapier-platform-core");

const integration = require(join(__dirname, "..", "..", "..", "examples", "zapier"));

const { oauth2Config, test } = integration.authentication;
const steps = {
  authorize: oauth2Config.authorizeUrl,
  connect: oauth2Config.getAccessToken,
  refresh: oauth2Config.refreshAccessToken,
  test,
  channels: integration.triggers.channel.operation.perform,
  post: integration.creates.post.operation.perform,
};

const run = zapier.createAppTester(integration);

/** Zapier's own part: the PKCE challenge behind the address. */
const withPkce = (outcome, challenge) => {
  if (!challenge || !oauth2Config.enablePkce) return outcome;
  const proof = new URLSearchParams({ code_challenge: challenge, code_challenge_method: "S256" });
  return { ...outcome, value: `${outcome.value}&${proof}` };
};

/** Zapier's own part: when a step says that the token is stale, refresh it, keep what came, and take the step again. */
const taken = async (step, bundle) => {
  try {
    return { value: await run(steps[step], bundle) };
  } catch (error) {
    if (error.name !== "RefreshAuthError" || !oauth2Config.autoRefresh || step === "refresh") throw error;
    const authData = { ...bundle.authData, ...(await run(oauth2Config.refreshAccessToken, bundle)) };
    return { value: await run(steps[step], { ...bundle, authData }), authData };
  }
};

const described = async () => ({
  errors: (await zapier.createAppHandler(integration)({ command: "validate", calledFromCli: true })).results,
  connectionLabel: integration.authentication.connectionLabel,
  channelsAreHidden: integration.triggers.channel.display.hidden,
});

const main = async () => {
  const { step, bundle, challenge } = JSON.parse(readFileSync(0, "utf8"));
  if (step === "describe") return { value: await described() };
  try {
    return withPkce(await taken(step, bundle), challenge);
  } catch (error) {
    return { error: error.name, message: error.message };
  }
};

main().then((outcome) => process.stdout.write(JSON.stringify(outcome)));
