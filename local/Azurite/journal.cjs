// Azurite writes each database whole, every five seconds: what it acknowledged since is lost when it is killed, and a large log keeps it
// busy writing. This appends each change to a journal beside the database before it is acknowledged, writes the database whole only when
// the journal has become long or Azurite ends, and replays the journal at the start.
const fs = require("node:fs");
const path = require("node:path");

const longJournal = 256 * 1024 * 1024;
const journals = new WeakMap();

class Journal {
  constructor(database) {
    this.database = database;
    this.current = `${database.filename}.journal`;
    this.previous = `${database.filename}.journal.saved`;
    this.watched = new WeakSet();
  }

  // The database on disk, when it has been written, will hold everything journalled until now.
  rotate() {
    if (this.file !== undefined) {
      fs.closeSync(this.file);
      if (fs.existsSync(this.previous)) fs.appendFileSync(this.previous, fs.readFileSync(this.current));
      else fs.renameSync(this.current, this.previous);
    }
    this.open("w");
  }

  open(flags) {
    this.file = fs.openSync(this.current, flags);
    this.bytes = fs.fstatSync(this.file).size;
    this.database.collections.forEach((collection) => this.watch(collection));
  }

  append(entry) {
    if (this.file !== undefined) this.bytes += fs.writeSync(this.file, JSON.stringify(entry) + "\n");
  }

  watch(collection) {
    if (this.watched.has(collection)) return;
    this.watched.add(collection);
    const { name } = collection;
    const put = (documents) => [].concat(documents).forEach((put) => this.append({ name, put }));
    collection.on("insert", put);
    collection.on("update", put);
    collection.on("delete", (document) => this.append({ name, remove: document.$loki }));
  }

  replay() {
    const documents = new Map();
    for (const file of [this.previous, this.current]) {
      if (!fs.existsSync(file)) continue;
      const lines = fs.readFileSync(file, "utf8").split("\n");
      lines.pop(); // Empty, or a change that was cut off and so was never acknowledged.
      for (const { name, create, drop, put, remove } of lines.map((line) => JSON.parse(line))) {
        if (create) this.database.addCollection(name, create);
        if (drop) {
          documents.delete(name);
          this.database.removeCollection(name);
        }
        const collection = this.database.getCollection(name);
        if (!collection || create || drop) continue;
        if (!documents.has(name)) documents.set(name, new Map(collection.data.map((document) => [document.$loki, document])));
        if (put) documents.get(name).set(put.$loki, put);
        else documents.get(name).delete(remove);
      }
    }

    for (const [name, byId] of documents) {
      const collection = this.database.getCollection(name);
      collection.data = [...byId.values()].sort((a, b) => a.$loki - b.$loki);
      collection.idIndex = collection.data.map((document) => document.$loki);
      collection.maxId = Math.max(collection.maxId, collection.idIndex.at(-1) ?? 0);
      collection.uniqueNames.forEach((field) => collection.ensureUniqueIndex(field));
      collection.ensureAllIndexes(true);
      collection.dirty = true;
    }
  }
}

module.exports = function keepJournals(nodeModules) {
  const database = require(path.join(nodeModules, "lokijs")).prototype;
  const { loadDatabaseInternal, saveDatabaseInternal, autosaveDirty, addCollection, removeCollection } = database;

  const journalOf = (db) => {
    if (db.persistenceMethod !== "fs") return undefined;
    if (!journals.has(db)) journals.set(db, new Journal(db));
    return journals.get(db);
  };

  database.loadDatabaseInternal = function (options, callback) {
    loadDatabaseInternal.call(this, options, (error) => {
      const journal = journalOf(this);
      if (!error && journal) {
        journal.replay();
        journal.open("a");
      }
      callback(error);
    });
  };

  database.saveDatabaseInternal = function (callback) {
    const journal = journalOf(this);
    journal?.rotate();
    saveDatabaseInternal.call(this, (error) => {
      if (!error && journal) fs.rmSync(journal.previous, { force: true });
      callback?.(error);
    });
  };

  database.autosaveDirty = function () {
    const journal = journalOf(this);
    return autosaveDirty.call(this) && (this.autosaveHandle == null || !journal || journal.bytes > longJournal);
  };

  database.addCollection = function (name, options) {
    const known = this.collections.length;
    const collection = addCollection.call(this, name, options);
    if (this.collections.length > known && journals.has(this)) {
      journals.get(this).append({ name, create: options ?? {} });
      journals.get(this).watch(collection);
    }
    return collection;
  };

  database.removeCollection = function (name) {
    journals.get(this)?.append({ name, drop: true });
    removeCollection.call(this, name);
  };
};
