"use strict";

const { callApi } = require("../server");

/** What the post shows instead of the person's own name and picture, where the server permits it. */
const shownInstead = ({ username, icon_url }) => ({
  ...(username || icon_url ? { from_webhook: "true" } : {}),
  ...(username ? { override_username: username } : {}),
  ...(icon_url ? { override_icon_url: icon_url } : {}),
});

const perform = (z, bundle) =>
  callApi(z, bundle, "POST", "/posts", {
    channel_id: bundle.inputData.channel,
    message: bundle.inputData.message,
    props: shownInstead(bundle.inputData),
  });

module.exports = {
  key: "post",
  noun: "Message",
  display: { label: "Post a Message", description: "Posts a message to a channel." },
  operation: {
    perform,
    inputFields: [
      { key: "channel", label: "Channel", required: true, dynamic: "channel.id.name" },
      { key: "message", label: "Message", type: "text", required: true },
      {
        key: "username",
        label: "Name to show",
        helpText: "Needs the setting 'Enable integrations to override usernames' on the server.",
      },
      {
        key: "icon_url",
        label: "Picture to show",
        helpText:
          "The address of a picture. Needs 'Enable integrations to override profile picture icons' on the server.",
      },
    ],
    sample: {
      id: "ybndrfg8ejkmcpqxot1uwisza3",
      channel_id: "4xp9fdt77pncbef59f4k1qe83o",
      message: "Version 2.4 is out",
      create_at: 1795435200000,
    },
  },
};
