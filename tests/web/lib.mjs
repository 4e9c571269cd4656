// What every browser test needs: a registry of its own with nginx in front, a Chromium, people who sign in.
import { spawn, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

// The demonstration registry is made once per build folder and copied for each test file.
function demoData() {
  const made = join(root, build, 'demo');
  if (!existsSync(join(made, 'ready'))) {
    rmSync(made, { recursive: true, force: true });
    execFileSync('cgi-bin/tools/demo.sh', { cwd: root, stdio: 'pipe', env: { ...process.env, BUILD: build, DATA: join(build, 'demo'), SITE: 'http://127.0.0.1:8080' } });
  }
  return made;
}

// Serves a copy of the demonstration registry; resolves when the first page is there.
export async function startRegistry({ rates = 'test' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-web-'));
  const data = join(folder, 'data');
  cpSync(demoData(), data, { recursive: true });
  const port = await freePort();
  const readyFile = join(folder, 'run');
  const server = spawn('cgi-bin/tools/serve.sh', { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
    env: { ...process.env, BUILD: build, DATA: data, PORT: String(port), RATES: rates, READY_FILE: readyFile } });
  let said = '';
  server.stdout.on('data', (text) => { said += text; });
  server.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((done) => server.on('exit', done));
  await new Promise((done, fail) => {
    server.on('exit', () => fail(new Error(`serve.sh ended early:\n${said}`)));
    const look = () => { if (said.includes('Stop with Ctrl-C') && existsSync(readyFile)) { done(); } else { setTimeout(look, 50); } };
    look();
  });
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

export async function startBrowser() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}

// A fresh window: width in pixels, script on or off. Uncaught page errors and CSP complaints fail the test that asks `complaints`.
export async function openPage(browser, registry, { width = 1280, script = true, dark = false } = {}) {
  const context = await browser.newContext({ baseURL: registry.url, viewport: { width, height: 900 }, javaScriptEnabled: script, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !/the server responded with a status of/.test(message.text())) page.complaints.push(message.text()); });
  page.setDefaultTimeout(15000);
  return page;
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
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

export async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/account'));
}

// Signs one person in where another was.
export async function becomes(page, email) {
  await page.context().clearCookies();
  await signIn(page, email);
}
