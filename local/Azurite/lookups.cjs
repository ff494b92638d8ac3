// Azurite looks at every row of a table for every query, and at every row of a partition for every write. Its store has indexes for both
// keys; this lets it use them, as the Table service does. The answers are the same.
const path = require("node:path");

// A filter whose first condition names the partition and which has no alternatives: `(PartitionKey eq 'it''s') and ...`.
const onePartition = /^\(*PartitionKey eq '((?:[^']|'')*)'\)?(?: and (?<rest>.*))?\)*$/s;

function partitionOf(filter) {
  const match = filter && onePartition.exec(filter.trim());
  const rest = match?.groups.rest?.replace(/'(?:[^']|'')*'/g, "''") ?? "";
  return match && !/\b(or|not)\b/.test(rest) ? match[1].replaceAll("''", "'") : undefined;
}

// The same for a range of partitions: `PartitionKey ge 'a' and PartitionKey lt 'b' and ...`.
const partitionRange = /^PartitionKey ge '((?:[^']|'')*)' and PartitionKey lt '((?:[^']|'')*)'(?: and (?<rest>.*))?$/s;

function rangeOf(filter) {
  const match = filter && partitionRange.exec(filter.trim());
  const rest = match?.groups.rest?.replace(/'(?:[^']|'')*'/g, "''") ?? "";
  if (!match || /\b(or|not)\b/.test(rest)) return undefined;
  const range = [match[1], match[2]].map((key) => key.replaceAll("''", "'"));
  return range.every((key) => Number.isNaN(Number(key))) ? range : undefined; // The index sorts what reads as a number as a number.
}

module.exports = function useIndexes(nodeModules) {
  const store = require(path.join(nodeModules, "azurite/dist/src/table/persistence/LokiTableMetadataStore.js")).default.prototype;
  const { getEntityCollection, queryTableEntities } = store;

  // Row keys tell rows apart better than partition keys do: the index that is asked first should be theirs.
  store.getEntityCollection = function (...args) {
    const collection = getEntityCollection.apply(this, args);
    if (!Object.hasOwn(collection, "findOne")) {
      const findOne = collection.findOne;
      Object.defineProperty(collection, "findOne", {
        enumerable: false,
        value: ({ RowKey, ...others }) => findOne.call(collection, { RowKey, ...others }),
      });
    }
    return collection;
  };

  store.queryTableEntities = function (context, account, table, options, ...next) {
    const range = rangeOf(options.filter);
    const PartitionKey = range ? { $between: range } : partitionOf(options.filter);
    if (PartitionKey === undefined) return queryTableEntities.call(this, context, account, table, options, ...next);
    const collection = this.getEntityCollection(account, table, context);
    const narrowed = Object.create(this, {
      getEntityCollection: { value: () => ({ chain: () => collection.chain().find({ PartitionKey }) }) },
    });
    return queryTableEntities.call(narrowed, context, account, table, options, ...next);
  };
};
