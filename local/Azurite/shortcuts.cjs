// Two things that Azurite does over and over are done once; the answers are the same.
const path = require("node:path");

module.exports = function savesWork(nodeModules) {
  // For every request it parses the address templates of all its operations.
  const name = require.resolve(path.join(nodeModules, "uri-templates"));
  const parse = require(name);
  const parsed = new Map();
  require.cache[name].exports = (template) => {
    if (!parsed.has(template)) parsed.set(template, parse(template));
    return parsed.get(template);
  };

  // For every message that has left a queue it builds the indexes of all messages' contents anew.
  const extents = require(path.join(nodeModules, "azurite/dist/src/common/persistence/LokiExtentMetadataStore.js")).default.prototype;
  extents.deleteExtent = async function (id) {
    const collection = this.db.getCollection(this.EXTENTS_COLLECTION);
    for (let extent = collection.findOne({ id }); extent; extent = collection.findOne({ id })) collection.remove(extent);
  };
};
