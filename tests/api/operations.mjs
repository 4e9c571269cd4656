// The list of operations with how often the tests of the API called each: what every tests/api/*.test.mjs of a run noted (lib.mjs),
// added up and held against both documents and against the list as it is kept, tests/api/operations.md.
//     node tests/api/operations.mjs                    fails when an operation was not called, or the list is of other operations
//     OPERATIONS=write node tests/api/operations.mjs   writes the list anew first
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notes, ours, root, withoutStripe } from './lib.mjs';

const page = 'tests/api/operations.md';
const operationsOf = (paths) => paths.flatMap(([path, item]) => Object.keys(item).filter((key) => key !== 'parameters').map((method) => `${method.toUpperCase()} ${path}`));
const all = operationsOf(Object.entries(ours.paths));
const taken = operationsOf(withoutStripe);
const idOf = (name) => { const [method, path] = name.split(' '); return ours.paths[path][method.toLowerCase()].operationId; };

// ---- what the run noted: operation → code → how often ----

const counts = new Map(all.map((name) => [name, new Map()]));
const strangers = new Set();
const files = existsSync(notes) ? readdirSync(notes).filter((name) => name.endsWith('.tsv')).sort() : [];
for (const file of files) {
  for (const line of readFileSync(join(notes, file), 'utf8').split('\n').filter(Boolean)) {
    const [method, path, code] = line.split('\t');
    const codes = counts.get(`${method} ${path}`);
    if (codes) codes.set(code, (codes.get(code) ?? 0) + 1); else strangers.add(`${method} ${path}`);
  }
}
const refusals = [...new Set([...counts.values()].flatMap((codes) => [...codes.keys()]))].filter((code) => code !== '200').sort();
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
const counted = (names, code) => sum(names.map((name) => counts.get(name).get(code) ?? 0));

// ---- the list ----

const columns = ['200', ...refusals];
const cells = (names) => { const each = columns.map((code) => counted(names, code)); return [...each, sum(each)]; };
const row = (fields) => `| ${fields.join(' | ')} |`;
const rowOf = (name) => row([`${name.replace(' ', ' `')}\``, idOf(name), taken.includes(name) ? 'yes' : '', ...cells([name])]);
const head = `# Every operation, and how often the tests call it

Written by [operations.mjs](operations.mjs) of what a run of all tests/api/*.test.mjs noted: \`make test\` counts anew and fails
when an operation was not answered 200, or when this list is not of the operations of
[openapi.yaml](../../cgi-bin/api/openapi.yaml) and of the contract; \`OPERATIONS=write node tests/api/operations.mjs\` after a
run writes it anew. Counted is each answer whose status and body were found good by our description and, when it is a 200 or a 422
of an operation of the contract (third column), by the contract's schemas too. The counts are those of one run, and may differ in
the next. How each can be refused, and by whom each may be called: [refusals.md](refusals.md), [permissions.md](permissions.md).
`;
const list = [head, row(['operation', 'id', 'contract', ...columns, 'sum']), `|---|---|---|${'---:|'.repeat(columns.length + 1)}`, ...all.map(rowOf),
  row([`all ${all.length}`, '', String(taken.length), ...cells(all)]), ''].join('\n');
if (process.env.OPERATIONS === 'write') writeFileSync(join(root, page), list);

// ---- what must be so ----

// Of a list, all but what may differ: its first lines, and of each row the operation, its id and whose it is.
const lasting = (text) => text.split('\n').map((line) => line.startsWith('| ') ? line.split(' | ').slice(0, 3).join(' | ') : line.replace(/^\|---.*/, '|---|')).join('\n');
const kept = existsSync(join(root, page)) ? readFileSync(join(root, page), 'utf8') : '';
const differences = () => {
  const [is, should] = [kept, list].map((text) => lasting(text).split('\n'));
  return [...is.filter((line) => !should.includes(line)).map((line) => `only in it: ${line}`), ...should.filter((line) => !is.includes(line)).map((line) => `not in it: ${line}`)];
};
const rules = {
  'the tests noted calls': files.length > 0 ? [] : [`nothing in ${notes}`],
  'every operation of the contract is one of ours': taken.filter((name) => !counts.has(name)),
  'every operation was called and answered 200': all.filter((name) => counted([name], '200') === 0),
  'nothing else was called': [...strangers],
  [`${page} is of these operations`]: lasting(kept) === lasting(list) ? [] : ['read the difference, then write it anew (see its first lines)', ...differences()],
};
let failed = 0;
for (const [rule, faults] of Object.entries(rules)) {
  if (faults.length > 0) failed++;
  console.log(`${faults.length > 0 ? 'FAILED' : 'ok    '}  ${rule}${faults.map((fault) => `\n        ${fault}`).join('')}`);
}
console.log(`${Object.keys(rules).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
