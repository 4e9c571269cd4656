// Is an answer of the API as two documents say: the outline of the contract (contract.json) and our own description (openapi.yaml, as
// the build made JSON of it)? Asked by every test of tests/api (lib.mjs) and for what the other tests wrote down (answers.mjs).
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.TEST_BUILD ?? 'build/test';
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
export const contract = read('tests/api/contract.json');
export const ours = read(`${build}/templates/openapi.json`);
// What is taken over of the contract: all but its shop's checkout, which is no business of a registry.
export const withoutStripe = Object.entries(contract.paths).filter(([path]) => !path.startsWith('/stripe/'));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...contract, $id: 'https://contract.invalid/' });
// Ours has to tell every member of an answer: what it does not name must not be there.
const closed = (node) => Array.isArray(node) ? node.map(closed) : node === null || typeof node !== 'object' ? node
  : { ...Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)])), ...(node.type === 'object' && node.properties && { additionalProperties: false }) };
ajv.addSchema({ ...closed(ours), $id: 'https://ours.invalid/' });
const idOf = new Map([[contract, 'https://contract.invalid/'], [ours, 'https://ours.invalid/']]);

const compiled = new Map();
export function validator(document, schema) {
  const text = idOf.get(document) + JSON.stringify(schema);
  if (!compiled.has(text)) compiled.set(text, ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${idOf.get(document)}#/`))));
  return compiled.get(text);
}

// "/transfers/tfr_…" → the path of the document that it is an address of; literal ones come first.
const patterns = new Map([contract, ours].map((document) => [document, Object.keys(document.paths)
  .sort((one, other) => one.split('{').length - other.split('{').length)
  .map((path) => [path, new RegExp(`^${path.replace(/\{[^}]*\}/g, '[^/]+')}$`)])]));
export const pathOf = (document, path) => patterns.get(document).find(([, pattern]) => pattern.test(path))?.[0];
export const operationOf = (document, method, path) => document.paths[pathOf(document, path)]?.[method.toLowerCase()];

const refOf = (document, node) => node?.$ref ? node.$ref.slice(2).split('/').reduce((at, step) => at[step], document) : node;

// The codes that our document tells of: 200, and those that the refusals' description lists by number.
const refused = ours.components.responses.refused;
const refusals = new Set(refused.description.match(/\b[45]\d\d\b/g).map(Number));
// What can be said at an address that is no operation's, and under a method that an address does not have.
const nowhere = new Set([400, 404, 405, 413, 414, 429, 500, 501, 503, 505]);

function faultsBy(document, schema, body) {
  const validate = validator(document, schema);
  return validate(body) ? [] : [`against ${document === ours ? 'our description' : 'the contract'}: ${JSON.stringify(validate.errors.slice(0, 4).map(({ instancePath, message, params }) => ({ instancePath, message, params })))}`];
}

// What is not right with a refusal besides its schema: the code stands in it once more, and 422 alone has a list of faults.
function faultsOfRefusal(status, type, body) {
  if (!refusals.has(status)) return [`our description tells of no ${status}`];
  if (type === 'application/json' && (status === 422) !== Array.isArray(body?.detail)) return [`${status} with ${Array.isArray(body?.detail) ? 'a list of faults' : 'no list of faults'}`];
  if (type === 'application/problem+json' && (status === 422) !== Array.isArray(body?.errors)) return [`${status} with ${Array.isArray(body?.errors) ? '' : 'no '}errors`];
  return body?.status === undefined && status === 422 || body?.status === status ? [] : [`the body says ${body?.status}, the head ${status}`];
}

// A header goes with the codes that its description names, and with no other; one that names none may come with all.
function faultsOfHeaders(described, status, headers) {
  const faults = [];
  for (const [name, node] of Object.entries(described)) {
    const { description, required, schema } = refOf(ours, node);
    const codes = (description.match(/\b[45]\d\d\b/g) ?? []).map(Number);
    const text = headers.get(name);
    if (text === null) {
      if (codes.includes(status) || required && codes.length === 0) faults.push(`${status} without ${name}`);
      continue;
    }
    if (codes.length > 0 && !codes.includes(status)) faults.push(`${status} with ${name}: ${text}`);
    const value = schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text;
    faults.push(...faultsBy(ours, schema, value).map((words) => `${name} ${text} ${words}`));
  }
  return faults;
}
const always = { ...refused.headers };

// The lines of a head → whatever has get(name). Throws for a line that is none and for a name that stands twice.
export function headersOf(text) {
  const all = new Map();
  for (const line of text.split('\r\n')) {
    const [, name, value] = line.match(/^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/) ?? [];
    if (name === undefined) throw new Error(`the line of the head is none: ${line}`);
    if (all.has(name.toLowerCase())) throw new Error(`the head has ${name} twice`);
    all.set(name.toLowerCase(), value);
  }
  return { get: (name) => all.get(name.toLowerCase()) ?? null };
}
export const typeOf = (headers) => (headers.get('content-type') ?? '').split(';')[0];

// Everything that is wrong with an answer, in words; none: it is valid against both documents. path: without query and base address.
// headers: whatever has get(name), null for one that was not sent.
export function faultsOf(method, path, status, headers, body) {
  const type = typeOf(headers);
  const operation = operationOf(ours, method, path);
  const response = operation ? refOf(ours, operation.responses[status] ?? operation.responses.default) : refused;
  if (!operation && !nowhere.has(status)) return [`no operation of our description is ${method} ${path}`];
  const schema = response?.content?.[type]?.schema;
  if (!schema) return [`our description tells of no ${status} ${type}`];
  // Of a 200, too: it has none of those that are described with refusals.
  const faults = [...faultsBy(ours, schema, body), ...faultsOfHeaders({ ...always, ...response.headers }, status, headers)];
  if (!operation?.responses[status]) faults.push(...faultsOfRefusal(status, type, body));
  // The contract knows 200 and 422, as application/json; what else is said is in our own description.
  const theirs = operationOf(contract, method, path)?.responses[status]?.content?.[type]?.schema;
  if (theirs) faults.push(...faultsBy(contract, theirs, body));
  return faults;
}
