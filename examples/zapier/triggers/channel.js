"use strict";

const { callApi } = require("../server");

const MESSAGES_ARE_POSTED_TO = new Set(["O", "P"]); // open and private channels, not conversations

const channelsOf = async (z, bundle, team) => {
  const channels = await callApi(z, bundle, "GET", `/users/me/teams/${team.id}/channels`);
  return channels
    .filter((channel) => MESSAGES_ARE_POSTED_TO.has(channel.type))
    .map((channel) => ({ id: channel.id, name: `${team.display_name} / ${channel.display_name}` }));
};

const perform = async (z, bundle) => {
  const teams = await callApi(z, bundle, "GET", "/users/me/teams");
  return (await Promise.all(teams.map((team) => channelsOf(z, bundle, team)))).flat();
};

module.exports = {
  key: "channel",
  noun: "Channel",
  display: {
    label: "List Channels",
    description: "Fills the drop-down of channels a message can be posted to.",
    hidden: true,
  },
  operation: { perform, sample: { id: "4xp9fdt77pncbef59f4k1qe83o", name: "Example / Town Square" } },
};
