// outline.mjs FILE: prints the outline of an OpenAPI document: paths, parameters, schemas, what is required, types, bounds and enums,
// but none of its prose. tests/api/contract.json is the outline of the Isometric Registry API v0 (July 2026), against which every
// answer of the tests is checked: `node tests/api/outline.mjs isometric-registry-openapi.json > tests/api/contract.json`
import { readFileSync } from 'node:fs';

const prose = new Set(['description', 'summary', 'title', 'examples', 'example', 'tags', 'contact', 'license', 'externalDocs']);
const named = new Set(['properties', 'schemas', 'patternProperties', '$defs']); // their members' names are not keywords

function outline(value, isNames = false) {
  if (Array.isArray(value)) return value.map((item) => outline(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => isNames || (!prose.has(key) && !key.startsWith('x-')))
    .map(([key, inner]) => [key, outline(inner, !isNames && named.has(key))]));
}

const whole = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bare = outline(whole);
bare.info = { title: 'Outline of the Isometric Registry API', version: whole.info.version };
delete bare.servers;
for (const operations of Object.values(bare.paths)) {
  for (const operation of Object.values(operations)) {
    for (const response of Object.values(operation.responses)) response.description = ''; // OpenAPI wants one
  }
}
console.log(JSON.stringify(bare, null, 1));
