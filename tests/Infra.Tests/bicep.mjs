// Reads Bicep files with tree-sitter's grammar: node bicep.mjs NODE_MODULES. In: a line of JSON, {name: text}. Out: a line, {name: what is in it}.
// A value is JSON where it is a literal, an object or an array, and {"$": "text"} where it is an expression.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.argv[2], 'anchor.js'));
const { Parser, Language } = require('web-tree-sitter');
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(join(dirname(require.resolve('tree-sitter-bicep/package.json')), 'tree-sitter-bicep.wasm')));

const literal = text => text.startsWith("'''") ? text.slice(3, -3) : text.slice(1, -1);
const named = (node, type) => node.namedChildren.filter(child => child.type === type);

function value(node) {
  switch (node?.type) {
    case 'object':
      return Object.fromEntries(named(node, 'object_property').map(p => [key(p.namedChild(0)), value(p.namedChild(p.namedChildCount - 1))]));
    case 'array': return node.namedChildren.filter(c => c.type !== 'comment').map(value);
    case 'boolean': return node.text === 'true';
    case 'number': return Number(node.text);
    case 'string': return node.text.includes('${') ? { $: literal(node.text) } : literal(node.text);
    default: return { $: node?.text ?? '' };
  }
}

const key = node => node.type === 'string' ? literal(node.text) : node.text;

function errors(node, found = []) {
  if (node.isError || node.isMissing) {
    found.push({ line: node.startPosition.row + 1, column: node.startPosition.column + 1, text: node.text.slice(0, 60) });
  }
  node.children.forEach(child => errors(child, found));
  return found;
}

const head = node => node.text.slice(0, Math.max(node.text.indexOf('{'), 0) || node.text.length);
const loop = node => head(node).includes('= [');

function body(node) {
  const objects = [];
  const look = child => child.type === 'object' ? objects.push(child) : child.namedChildren.forEach(look);
  node.namedChildren.filter(child => child.type !== 'decorators').forEach(look);
  return objects[0];
}

function read(text) {
  const root = parser.parse(text).rootNode;
  const file = { errors: errors(root), params: {}, vars: {}, outputs: {}, modules: {}, resources: [] };
  let decorators = {};
  const resource = (node, parent) => {
    const declared = literal(named(node, 'string')[0].text);
    const [type, version] = parent ? [`${parent.type}/${declared}`, parent.version] : declared.split('@');
    const object = body(node);
    const found = { symbol: named(node, 'identifier')[0].text, type, version, existing: / existing\b/.test(head(node)), loop: loop(node), body: value(object) };
    file.resources.push(found);
    object.namedChildren.filter(c => c.type === 'resource_declaration').forEach(c => resource(c, found));
  };
  for (const node of root.namedChildren) {
    const name = named(node, 'identifier')[0]?.text;
    if (node.type === 'decorators') {
      for (const call of node.descendantsOfType('decorator').map(d => d.namedChild(0))) {
        decorators[call.namedChild(0).text] = value(call.namedChild(1)?.namedChild(0));
      }
      continue;
    }
    const last = node.namedChild(node.namedChildCount - 1);
    if (node.type === 'parameter_declaration') {
      const has = node.namedChildCount > 2;
      file.params[name] = { type: node.namedChild(1).text, required: !has, value: has ? value(last) : null, decorators };
    } else if (node.type === 'variable_declaration') file.vars[name] = value(last);
    else if (node.type === 'output_declaration') file.outputs[name] = value(last);
    else if (node.type === 'resource_declaration') resource(node);
    else if (node.type === 'module_declaration') {
      file.modules[name] = { path: literal(named(node, 'string')[0].text), params: value(body(node)).params ?? {} };
    }
    if (node.type !== 'comment') decorators = {};
  }
  return file;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).map(([name, text]) => [name, read(text)]))));
}
