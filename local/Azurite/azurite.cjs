// Runs Azurite until standard input closes, so that it never outlives the process that started it, however that one ends.
const path = require("node:path");
const [nodeModules, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], "azurite", ...args];
process.stdin.resume();
process.stdin.on("end", () => process.kill(process.pid, "SIGINT"));
require("./shortcuts.cjs")(nodeModules);
require("./lookups.cjs")(nodeModules);
require("./journal.cjs")(nodeModules);
require(path.join(nodeModules, "azurite/dist/src/azurite.js"));
