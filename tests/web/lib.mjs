// What every browser test needs: a registry of its own with nginx in front, a Chromium, people who sign in.
import { spawn, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const build = process.env.TEST_BUILD ?? 'build/test';
export const password = 'tally-stick-demo';

async function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// The demonstration registry is made once per build folder and copied for each test file. It gets its name when it is whole: two test
// files that begin side by side find one of the two that they make.
function demoData() {
  const made = join(root, build, 'demo');
  if (existsSync(join(made, 'ready'))) return made;
  const making = mkdtempSync(`${made}-`);
  execFileSync('cgi-bin/tools/demo.sh', { cwd: root, stdio: 'pipe', env: { ...process.env, BUILD: build, DATA: making, SITE: 'http://127.0.0.1:8080' } });
  try { renameSync(making, made); } catch (fault) {
    if (!existsSync(join(made, 'ready'))) throw fault;
    rmSync(making, { recursive: true, force: true });
  }
  return made;
}

// serve.sh on this port: { server, ended }, or null when somebody else has the port.
async function serve(port, env, readyFile) {
  const server = spawn('cgi-bin/tools/serve.sh', { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...env, PORT: String(port), READY_FILE: readyFile } });
  let said = '';
  server.stdout.on('data', (text) => { said += text; });
  server.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((done) => server.on('exit', done));
  let isOver = false;
  server.on('close', () => { isOver = true; }); // and has said all that it had to say
  while (!isOver && !(said.includes('Stop with Ctrl-C') && existsSync(readyFile))) await wait(50);
  if (isOver && /in use/.test(said)) return null;
  if (isOver) throw new Error(`serve.sh ended early:\n${said}`);
  return { server, ended };
}

// Serves a copy of the demonstration registry; resolves when everything answers.
export async function startRegistry({ rates = 'test' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-web-'));
  const data = join(folder, 'data');
  cpSync(demoData(), data, { recursive: true });
  const readyFile = join(folder, 'run');
  let port, served = null;
  // Nobody keeps a free port for us until nginx has it.
  while (served === null) {
    port = await freePort();
    served = await serve(port, { BUILD: build, DATA: data, RATES: rates }, readyFile);
  }
  const { server, ended } = served;
  return {
    url: `http://127.0.0.1:${port}`,
    data,
    run: readFileSync(readyFile, 'utf8').trim(),
    pid: server.pid,
    tally(...words) {
      return execFileSync(join(root, build, 'tally'), words, { cwd: root, encoding: 'utf8',
        env: { ...process.env, TALLYSTICK_DATA: data, TALLYSTICK_RUN: this.run, TALLYSTICK_SCHEMA: join(root, 'schema') } });
    },
    async stop() {
      process.kill(-server.pid, 'SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The processes of a process. serve.sh has its programs' supervisors, a supervisor (multiwatch) its programs, nginx its worker.
export const wordsOf = (pid) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'); } catch { return []; } };
const parentOf = (pid) => { try { return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').match(/^\d+ \(.*\) \S (\d+)/s)[1]); } catch { return 0; } };
export const childrenOf = (pid) => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid).map(Number);

// How long may pass on a busy machine before something counts as not there at all.
export const patience = 60000;

// Asks until the answer is right, or nothing more can be hoped for; the last answer, for the test to judge.
export async function eventually(ask, isRight, ms = patience) {
  for (const until = Date.now() + ms; ;) {
    const answer = await ask();
    if (isRight(answer) || Date.now() > until) return answer;
    await wait(50);
  }
}

export async function startBrowser() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', timeout: 2 * patience, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}

// A fresh window: width in pixels, script on or off. Uncaught page errors and CSP complaints fail the test that asks `complaints`.
export async function openPage(browser, registry, { width = 1280, script = true, dark = false } = {}) {
  const context = await browser.newContext({ baseURL: registry.url, viewport: { width, height: 900 }, javaScriptEnabled: script, colorScheme: dark ? 'dark' : 'light' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !/the server responded with a status of/.test(message.text())) page.complaints.push(message.text()); });
  return page;
}

// Clicks what leads to another page, or to the same once more, and returns when that is there. A click alone returns when nothing is
// known to be on its way: on a busy machine that may be before the form has left, and then the page before is still looked at.
export async function turn(locator) {
  await Promise.all([locator.page().waitForNavigation(), locator.click()]);
}

// Waits for an address; where it does not come, says what the page says instead.
export async function arrives(page, pattern) {
  await page.waitForURL(pattern).catch(async (error) => {
    throw new Error(`${error.message}\nstill at ${page.url()}: ${await page.getByRole('main').innerText()}`);
  });
}

// The sign-ins that the demonstration printed: { email, who }.
export function people(registry) {
  return readFileSync(join(registry.data, 'sign-ins'), 'utf8').split('\n').slice(1).filter(Boolean).map((line) => {
    const [, email, , who] = line.match(/^\s*(\S+)\s+(\S+)\s+(.*)$/);
    return { email, who };
  });
}

export async function signIn(page, email) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await turn(page.getByRole('main').getByRole('button', { name: 'Sign in' }));
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

export async function signOut(page) {
  await turn(page.getByRole('button', { name: 'Sign out' }));
  await page.waitForURL((url) => !url.pathname.startsWith('/account'));
}

// Signs one person in where another was.
export async function becomes(page, email) {
  await page.context().clearCookies();
  await signIn(page, email);
}
