"use strict";

const { addressOf, callApi, typed } = require("./server");

/** Where the person signs in and says yes. Zapier adds the PKCE challenge by itself. */
const authorizeUrl = (z, bundle) => {
  const url = new URL("/oauth/authorize", addressOf(z, bundle));
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: typed(bundle, "client_id"),
    redirect_uri: bundle.inputData.redirect_uri,
    state: bundle.inputData.state,
  });
  return url.href;
};

/** Ask the token endpoint; 401 there means the application, not the person, so Zapier must not try to refresh. */
const askForTokens = async (z, bundle, grant) => {
  try {
    return await z.request({
      method: "POST",
      url: `${addressOf(z, bundle)}/oauth/access_token`,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: { ...grant, client_id: typed(bundle, "client_id"), client_secret: typed(bundle, "client_secret") },
      skipThrowForStatus: true,
    });
  } catch (error) {
    if (error.name !== "RefreshAuthError") throw error;
    throw new z.errors.Error(
      "The server does not accept this client ID and client secret. Copy both again, or regenerate the secret.",
      "InvalidClient",
      401,
    );
  }
};

const tokensOf = ({ access_token, refresh_token }) => ({ access_token, refresh_token });

const getAccessToken = async (z, bundle) => {
  const response = await askForTokens(z, bundle, {
    grant_type: "authorization_code",
    code: bundle.inputData.code,
    redirect_uri: bundle.inputData.redirect_uri,
    code_verifier: bundle.inputData.code_verifier,
  });
  if (response.status !== 200) {
    throw new z.errors.Error(response.data.error_description, response.data.error, response.status);
  }
  return tokensOf(response.data);
};

/** Every refresh gives a new refresh token, which Zapier keeps in place of the old one. */
const refreshAccessToken = async (z, bundle) => {
  const response = await askForTokens(z, bundle, {
    grant_type: "refresh_token",
    refresh_token: bundle.authData.refresh_token,
  });
  if (response.data.error === "invalid_grant") {
    throw new z.errors.ExpiredAuthError("Access was taken back, or lay unused for too long. Connect the account again.");
  }
  if (response.status !== 200) {
    throw new z.errors.Error(response.data.error_description, response.data.error, response.status);
  }
  return tokensOf(response.data);
};

module.exports = {
  type: "oauth2",
  oauth2Config: { authorizeUrl, getAccessToken, refreshAccessToken, autoRefresh: true, enablePkce: true },
  test: (z, bundle) => callApi(z, bundle, "GET", "/users/me"),
  connectionLabel: "{{username}}",
  // The credentials are typed, not part of the integration: else anybody could send them to a server of their own.
  fields: [
    {
      key: "server",
      label: "Server address",
      helpText: "The address of your Gatepost, for example https://chat.example.com.",
      required: true,
    },
    {
      key: "client_id",
      label: "Client ID",
      helpText: "From Integrations > OAuth 2.0 Applications on your Gatepost.",
      required: true,
    },
    { key: "client_secret", label: "Client secret", type: "password", required: true },
  ],
};
