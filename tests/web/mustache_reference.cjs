// mustache_reference.cjs: the same templates, rendered by the reference implementation of Mustache.
//
//   node mustache_reference.cjs TEMPLATES_DIR PROGRAM FOLDER
//
// FOLDER holds <page>.<view>.json, as the generated view_json_<program>_<page>() writes it, and beside each a
// <page>.<view>.html, as template_<program>_<page>() wrote it. Each pair is compared, byte for byte. Also usable as a
// module: render(templatesDir, 'program/page', view).
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const Mustache = require('mustache');

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

// The escaping of base/out.h. Markup comes as {"html": "..."} and stays as it is.
function escape(value) {
  if (typeof value === 'object') {
    return value.html;
  }
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

// mustache.js indents every partial that has space before it; the specification only those alone on their line.
class SpecificationWriter extends Mustache.Writer {
  parse(template, tags) {
    const tokens = super.parse(template, tags);
    const visit = (token) => {
      if (token[0] === '>') {
        const before = template.slice(template.lastIndexOf('\n', token[2] - 1) + 1, token[2]);
        const after = template.slice(token[3]).split('\n', 1)[0];
        const isAlone = /^\s*$/.test(before) && /^(\s|\{\{\s*[#^/>!][^}]*\}\})*$/.test(after);
        token[4] = isAlone ? before : '';
      } else if (Array.isArray(token[4])) {
        token[4].forEach(visit);
      }
    };
    tokens.forEach(visit);
    return tokens;
  }
}

function render(templatesDir, name, view) {
  const read = (partial) => fs.readFileSync(path.join(templatesDir, `${partial}.mustache`), 'utf8');
  return new SpecificationWriter().render(read(name), view, read, { escape });
}

module.exports = { render };

function compareFolder(templatesDir, program, folder) {
  let compared = 0;
  let different = 0;
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
    const stem = file.slice(0, -'.json'.length);
    const page = stem.split('.')[0];
    const view = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    const expected = render(templatesDir, `${program}/${page}`, view);
    const actual = fs.readFileSync(path.join(folder, `${stem}.html`), 'utf8');
    compared += 1;
    if (actual !== expected) {
      different += 1;
      const expectedLines = expected.split('\n');
      const actualLines = actual.split('\n');
      const line = expectedLines.findIndex((text, index) => text !== actualLines[index]);
      console.error(`${program}/${stem}: line ${line + 1} of the output differs`);
      console.error(`  mustache.js: ${JSON.stringify(expectedLines[line])}`);
      console.error(`  compiled:    ${JSON.stringify(actualLines[line])}`);
    }
  }
  console.log(`${program}: ${compared} pages compared, ${different} different`);
  return compared > 0 && different === 0;
}

if (require.main === module) {
  const [templatesDir, program, folder] = process.argv.slice(2);
  process.exitCode = compareFolder(templatesDir, program, folder) ? 0 : 1;
}
