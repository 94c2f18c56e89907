/**
 * The door for browsers in a real one: the cookie is kept on loopback and out of reach of scripts, and pages of others,
 * on another port of this machine or under a name that leads here, neither read nor change anything with it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { PASSWORD, startHost } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { LOOKS, useChromium } from './browser.ts';
import { html, serveSite } from './site.ts';

const chromium = useChromium();

async function startWeb(t: TestContext): Promise<{ readonly origin: string; readonly port: number }> {
  const host = await startHost(t, { accounts: ['alice@a.test'], args: ['--only', 'web'] });
  const port = host.port('web');
  return { port, origin: `http://127.0.0.1:${port}` };
}

/** From within our own page, whatever it shows. */
function logIn(page: Page): Promise<readonly [number, string, number, string]> {
  return page.evaluate(async (password) => {
    const body = JSON.stringify({ login: 'alice@a.test', password });
    const answered = await fetch('/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const who = await fetch('/session');
    return [answered.status, document.cookie, who.status, await who.text()] as const;
  }, PASSWORD);
}

test('a browser keeps the cookie on loopback, and no script sees it', async (t) => {
  const { origin } = await startWeb(t);
  const tab = await chromium.open(t, { origins: [origin] });
  if (tab === undefined) return;
  await tab.page.goto(origin);
  const [status, seen, again, who] = await logIn(tab.page);
  assert.deepEqual([status, seen, again], [200, '', 200]);
  assert.match(who, /alice@a\.test/);
  const [cookie, ...others] = await tab.context.cookies();
  assert.deepEqual(others, []);
  assert.match(cookie?.name ?? '', /^__Host-posthorn-\d+$/);
  assert.deepEqual([cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path], [true, true, 'Strict', '/']);
  await tab.page.reload();
  assert.equal(await tab.page.evaluate(async () => (await fetch('/session')).status), 200);
  // Before its host: the page would complain that it is gone.
  await tab.context.close();
});

/** What a page of somebody else's can try, each answered with what it saw. */
async function attack(origin: string): Promise<readonly string[]> {
  const seen: string[] = [];
  const body = JSON.stringify({ using: ['urn:ietf:params:jmap:core'], methodCalls: [['Core/echo', {}, 'a']] });
  const tries: readonly (readonly [string, RequestInit])[] = [
    ['/session', { credentials: 'include' }],
    ['/jmap/session', { credentials: 'include' }],
    ['/jmap/api', { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body }],
    ['/jmap/api', { method: 'POST', credentials: 'include', mode: 'no-cors', body }],
    ['/session', { method: 'DELETE', credentials: 'include' }],
  ];
  for (const [path, init] of tries) {
    const answered = await fetch(origin + path, init).then(
      async (response) => `${response.type} ${response.status} ${await response.text()}`,
      () => 'blocked',
    );
    seen.push(answered);
  }
  const loaded = (tag: 'img' | 'script' | 'iframe', path: string): Promise<string> =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.addEventListener('load', () => {
        resolve(tag === 'iframe' ? 'framed' : 'loaded');
      });
      element.addEventListener('error', () => {
        resolve('blocked');
      });
      element.setAttribute('src', origin + path);
      document.body.append(element);
    });
  seen.push(await loaded('script', '/session'), await loaded('img', '/favicon.svg'));
  const events = new EventSource(`${origin}/jmap/events?types=*&closeafter=no&ping=0`, { withCredentials: true });
  seen.push(
    await new Promise((resolve) => {
      events.addEventListener('open', () => {
        resolve('listening');
      });
      events.addEventListener('error', () => {
        resolve('blocked');
      });
    }),
  );
  events.close();
  return seen;
}

test('a page on another port of this machine gets nothing with the cookie of its reader', async (t) => {
  const { origin } = await startWeb(t);
  const evil = await serveSite(t, () => html('<title>evil</title><body>'));
  const tab = await chromium.open(t, { origins: [origin, evil.origin] });
  if (tab === undefined) return;
  await tab.page.goto(origin);
  await logIn(tab.page);

  const other = await tab.context.newPage();
  await other.goto(evil.origin);
  const seen = await other.evaluate(attack, origin);
  assert.deepEqual(new Set(seen), new Set(['blocked']));

  // A form can be sent without asking: what it leads to is a page that says no.
  await other.evaluate((action) => {
    const form = document.createElement('form');
    Object.assign(form, { action, method: 'POST', enctype: 'text/plain' });
    const input = document.createElement('input');
    Object.assign(input, { name: '{"login":"x","a":"', value: '","password":"y"}' });
    form.append(input);
    document.body.append(form);
    form.submit();
  }, `${origin}/session`);
  await other.waitForURL(`${origin}/session`);
  assert.match((await other.textContent('body')) ?? '', /another page/);

  assert.equal(await tab.page.evaluate(async () => (await fetch('/session')).status), 200, 'still logged in');
  await tab.context.close();
  tab.takeFaults();
});

test('a name of somebody else that leads here is answered with a page that explains', async (t) => {
  const { port } = await startWeb(t);
  for (const look of LOOKS) {
    const rebound = `http://evil.test:${port}`;
    const tab = await chromium.open(t, { look, origins: [rebound] });
    if (tab === undefined) return;
    const answered = await tab.page.goto(rebound);
    assert.equal(answered?.status(), 403);
    assert.equal(await tab.page.textContent('h1'), 'This is not one of my names');
    assert.equal(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
    await assertAccessible(tab.page);
    // The 403 itself, and that http under such a name is not trustworthy.
    for (const { kind } of tab.takeFaults()) assert.equal(kind, 'console');
  }
});
