"use strict";

const authentication = require("./authentication");
const channel = require("./triggers/channel");
const post = require("./creates/post");

module.exports = {
  version: require("./package.json").version,
  platformVersion: require("zapier-platform-core").version,
  authentication,
  triggers: { [channel.key]: channel },
  creates: { [post.key]: post },
};
