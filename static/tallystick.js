/* Tallystick: small improvements. Every page works without this file. Quantities are BigInt units, never floating point.

   <input data-narrow="list-id" data-narrow-count="id">  typing hides the list's li (or tbody tr) that lack a typed word; a ticked one stays.
                                   Text searched: the item's data-words, or its own. The count element is told "3 of 41 shown".
   <form data-total data-scale="3">  running total of every input[data-qty] (typed credits, "1.234") and every ticked [data-units="1234"], which
                                   stands for all that can be typed in its tbody;
                                   scale = decimals (0 or 3).
   <output data-total-out="words" data-max="84210">  in that form: told the total, then the words; over data-max units it gets class "over";
                                   its paragraph is shown, when it is hidden.
   <span data-tick-count>          in that form: told how many rows are ticked.
   <input type="checkbox" data-tick-all="name" hidden>  shown, and ticks every enabled box of that name in its form.
   <button data-copy="text" hidden>  shown where the clipboard can be written; copies the text.
   <textarea data-count="id" data-most="256">  the element is told how many characters are left; beyond that it gets class "over".
   <p data-again="1200">           the page is asked for again after so many milliseconds, as long as it says so.
  <form data-once>                after a submit its buttons rest until the page is shown again. */
(() => {
'use strict';
const all = (s, r = document) => [...r.querySelectorAll(s)];
const byId = id => document.getElementById(id);
const plain = s => s.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

/* Safari drops table roles when a table is drawn as a list. */
for (const t of all('table.ledger')) {
  t.setAttribute('role', 'table');
  for (const e of all('thead,tbody,tfoot,tr,td,th', t))
    e.setAttribute('role', { TR: 'row', TD: 'cell', TH: /^row/.test(e.scope) ? 'rowheader' : 'columnheader' }[e.tagName] || 'rowgroup');
}

for (const box of all('input[data-narrow]')) {
  const list = byId(box.dataset.narrow), out = byId(box.dataset.narrowCount);
  if (!list) continue;
  const items = all('li,tbody tr', list).map(e => [e, plain(e.dataset.words || e.textContent)]);
  const run = () => {
    const typed = plain(box.value).split(/\s+/);
    let shown = 0;
    for (const [e, text] of items) {
      const hit = typed.every(w => text.includes(w)) || !!e.querySelector(':checked');
      e.hidden = !hit;
      shown += hit;
    }
    if (out) out.textContent = shown < items.length ? `${shown} of ${items.length} shown` : `${shown} in the list`;
  };
  box.addEventListener('input', run);
  run();
}

/* The server takes digits, then at most `scale` decimals; so does this. */
const units = (text, scale) => {
  const m = /^(\d{1,15})(?:\.(\d+))?$/.exec(text), d = m && m[2] || '';
  return m && d.length <= scale ? BigInt(m[1] + d.padEnd(scale, '0')) : null;
};
const words = (n, scale) => {
  const d = `${n}`.padStart(scale + 1, '0'), cut = d.length - scale;
  return d.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ',') + (scale ? '.' + d.slice(cut) : '');
};
const boxes = m => all('input[type=checkbox]:enabled', m.form || document).filter(b => b.name === m.dataset.tickAll);

for (const m of all('[data-tick-all]')) {
  m.hidden = false;
  m.addEventListener('input', () => { for (const b of boxes(m)) b.checked = m.checked; });
}

for (const form of all('form[data-total]')) {
  const scale = +(form.dataset.scale || 3);
  const run = () => {
    let sum = 0n, clear = true;
    for (const i of all('input[data-qty]', form)) {
      if (i.closest('tbody').querySelector('[data-units]:checked')) continue; /* all of it is ticked */
      const text = i.value.trim(), n = text ? units(text, scale) : 0n;
      if (n === null) clear = false; else sum += n;
    }
    const ticked = all('[data-units]:checked', form);
    for (const i of ticked) sum += BigInt(i.dataset.units);
    for (const o of all('[data-total-out]', form)) {
      o.parentNode.hidden = false;
      o.textContent = clear ? `${words(sum, scale)} ${o.dataset.totalOut}`.trim() : '–';
      o.classList.toggle('over', !!o.dataset.max && sum > BigInt(o.dataset.max));
    }
    for (const o of all('[data-tick-count]', form)) o.textContent = ticked.length;
    for (const m of all('[data-tick-all]', form)) {
      const b = boxes(m), on = b.filter(x => x.checked).length;
      m.checked = on > 0 && on === b.length;
      m.indeterminate = on > 0 && on < b.length;
    }
  };
  form.addEventListener('input', run);
  addEventListener('pageshow', run);
  run();
}

if (navigator.clipboard) for (const b of all('button[data-copy]')) {
  const label = [...b.childNodes], say = text => {
    b.textContent = text;
    setTimeout(() => b.replaceChildren(...label), 2000);
  };
  b.hidden = false;
  b.setAttribute('aria-live', 'polite');
  b.addEventListener('click', () => navigator.clipboard.writeText(b.dataset.copy).then(() => say('Copied'), () => say('Not copied')));
}

for (const t of all('textarea[data-count]')) {
  const out = byId(t.dataset.count), most = +t.dataset.most;
  if (!out) continue;
  const run = () => {
    const n = most - [...t.value].length, k = Math.abs(n);
    out.textContent = `${k} character${k === 1 ? '' : 's'} ${n < 0 ? 'too many' : 'left'}`;
    out.classList.toggle('over', n < 0);
  };
  t.addEventListener('input', run);
  run();
}

/* Not while the page is being left: asking for it again would take back what was clicked. */
for (const p of all('[data-again]')) {
  const again = setTimeout(() => location.reload(), +p.dataset.again);
  addEventListener('beforeunload', () => clearTimeout(again));
}

let resting = [];
for (const form of all('form[data-once]')) form.addEventListener('submit', e => setTimeout(() => {
  if (e.defaultPrevented) return;
  for (const b of all('button:not([type=button]):enabled', form)) { b.disabled = true; resting.push(b); }
}));
addEventListener('pageshow', () => {
  for (const b of resting) b.disabled = false;
  resting = [];
});
})();
