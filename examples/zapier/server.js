"use strict";

/** What was typed when somebody connected: Zapier has it in inputData then, and in authData ever after. */
const typed = (bundle, name) => ((bundle.authData || {})[name] || (bundle.inputData || {})[name] || "").trim();

/**
 * The address of the server, however it was pasted: "https://chat.example.com/", with a team behind it, with spaces.
 * A Gatepost has no path of its own, so whatever follows the host is left away.
 */
const addressOf = (z, bundle) => {
  const text = typed(bundle, "server");
  if (!/^https?:\/\/./i.test(text) || !URL.canParse(text)) {
    throw new z.errors.Error(
      `Start the server address with https://, for example https://chat.example.com. It is now "${text}".`,
      "InvalidServerAddress",
    );
  }
  return new URL(text).origin;
};

/** Call the API as the person who connected; what the server answers, read. */
const callApi = async (z, bundle, method, path, body) => {
  const response = await z.request({
    method,
    url: `${addressOf(z, bundle)}/api/v4${path}`,
    headers: { Authorization: `Bearer ${bundle.authData.access_token}` },
    body,
    skipThrowForStatus: true,
  });
  if (response.status >= 400) {
    const { message = "The server did not say why.", id = "UnknownError" } = response.data || {};
    throw new z.errors.Error(message, id, response.status);
  }
  return response.data;
};

module.exports = { addressOf, callApi, typed };
