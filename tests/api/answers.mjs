// Every answer of the API that the C tests wrote down in a run (tests/pages/api_answers.h: the page tests each, the campaigns some of
// each kind), held against the contract and against our description by the same rules as what tests/api asks for itself (valid.mjs).
//     TEST_API_ANSWERS=FOLDER node tests/api/answers.mjs      after the tests; fails when there is nothing to check
// Each operation's answers count as one test, and each file as one.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultsOf, headersOf, operationOf, ours, pathOf } from './valid.mjs';

const base = '/registry/v0';
const told = 5; // wrong answers of one operation and code that are shown whole

// The records of a file: { method, path, status, head, text }. Throws when it is not made of whole records.
export function* recordsOf(bytes) {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const fields = end < 0 ? [] : bytes.toString('utf8', at, end).split('\t');
    const from = end + 1 + Number(fields.at(-2)), until = from + Number(fields.at(-1));
    if (fields.length < 5 || fields.slice(-2).some((size) => !/^\d+$/.test(size)) || bytes[until] !== 10) throw new Error(`byte ${at} begins no whole record`);
    const target = fields.slice(1, -3).join('\t');
    yield { method: fields[0], path: target.split('?')[0], status: Number(fields.at(-3)), head: bytes.toString('utf8', end + 1, from), text: bytes.toString('utf8', from, until), bytes: bytes.subarray(from, until) };
    at = until + 1;
  }
}

// What is wrong with one record: words, none when it is right.
export function faultsOfRecord({ method, path, status, head, text, bytes }) {
  if (!path.startsWith(`${base}/`) && path !== base) return [`${path} is no address of the API`];
  if (!Buffer.from(text, 'utf8').equals(bytes)) return ['the body is no UTF-8'];
  let body, headers;
  try { headers = headersOf(head); } catch (fault) { return [fault.message]; }
  try { body = JSON.parse(text); } catch (fault) { return [`the body is no JSON: ${fault.message}`]; }
  return faultsOf(method, path.slice(base.length), status, headers, body);
}

// All of a folder: { files, counts: operation → code → how many, wrong: [{ name, status, file, words, text }], broken: [words] }.
export function checkFolder(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.answers')).sort() : [];
  const counts = new Map(Object.entries(ours.paths).flatMap(([path, item]) => Object.keys(item).filter((key) => key !== 'parameters').map((method) => [`${method.toUpperCase()} ${path}`, new Map()])));
  const wrong = [], broken = [];
  for (const file of files) {
    let records = 0;
    try {
      for (const record of recordsOf(readFileSync(join(folder, file)))) {
        records++;
        const path = record.path.slice(base.length);
        const name = operationOf(ours, record.method, path) ? `${record.method} ${pathOf(ours, path)}` : 'no operation';
        const codes = counts.get(name) ?? counts.set(name, new Map()).get(name);
        codes.set(record.status, (codes.get(record.status) ?? 0) + 1);
        const faults = faultsOfRecord(record);
        if (faults.length > 0) wrong.push({ name, status: record.status, file, words: `${record.method} ${record.path}: ${faults.join('; ')}`, text: record.text });
      }
    } catch (fault) { broken.push(`${file}: ${fault.message}`); }
    if (records === 0) broken.push(`${file}: no answer in it`);
  }
  return { files, counts, wrong, broken };
}

// What is found, in lines, with how many tests passed and failed.
export function report(folder) {
  const { files, counts, wrong, broken } = checkFolder(folder);
  const lines = [];
  let passed = files.length - new Set(broken.map((words) => words.split(':')[0])).size, failed = files.length - passed, all = 0;
  for (const words of broken) lines.push(`FAILED  ${words}`);
  if (files.length === 0) { failed++; lines.push(`FAILED  nothing was written down in ${folder}`); }
  for (const [name, codes] of counts) {
    const bad = wrong.filter((each) => each.name === name);
    const numbers = [...codes].sort(([one], [other]) => one - other);
    all += numbers.reduce((total, [, number]) => total + number, 0);
    // An operation that no test of a run got an answer from is no proof of anything.
    if (numbers.length === 0) { failed++; lines.push(`FAILED  ${name}: no answer`); continue; }
    if (bad.length > 0) failed++; else passed++;
    lines.push(`${bad.length > 0 ? 'FAILED' : 'ok    '}  ${name}: ${numbers.map(([code, number]) => `${number} × ${code}`).join(', ')}${bad.length > 0 ? `; ${bad.length} not valid` : ''}`);
    for (const code of new Set(bad.map((each) => each.status))) {
      const same = bad.filter((each) => each.status === code);
      for (const { file, words, text } of same.slice(0, told)) lines.push(`        ${code} ${file} ${words}\n          ${text.slice(0, 600).trim()}`);
    }
  }
  return { lines, passed, failed, all, files: files.length };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = report(process.env.TEST_API_ANSWERS || 'no folder: TEST_API_ANSWERS is not set');
  console.log(found.lines.join('\n'));
  console.log(`${found.all} answers of ${found.files} test programs`);
  console.log(`${found.passed} passed, ${found.failed} failed`);
  process.exitCode = found.failed > 0 ? 1 : 0;
}
