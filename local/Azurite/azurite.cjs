// Runs Azurite until standard input closes, so that it never outlives the process that started it, however that one ends.
const path = require("node:path");
const [nodeModules, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], "azurite", ...args];

// Ctrl-C reaches every process of the terminal, but the one that started Azurite may still have to save something in it.
let over = false;
const once = process.once;
process.once = function (event, listener) {
  return event === "SIGINT" ? process.on(event, () => over && listener()) : once.call(this, event, listener);
};
process.stdin.resume();
process.stdin.on("end", () => {
  over = true;
  process.kill(process.pid, "SIGINT");
});
require("./shortcuts.cjs")(nodeModules);
require("./lookups.cjs")(nodeModules);
require("./journal.cjs")(nodeModules);
require(path.join(nodeModules, "azurite/dist/src/azurite.js"));
