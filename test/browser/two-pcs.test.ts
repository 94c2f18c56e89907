/**
 * The whole way, in two browsers: Alice sets up her address on her own computer and writes; her host hands it to Bob's
 * host; Bob's computer collects it; he answers with a file, and Alice reads it.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { startZoneServer } from '../../src/dns/testing.ts';
import { addRemote, startClient, wayIn } from '../client.ts';
import type { RunningClient } from '../client.ts';
import { freePort } from '../peers/daemon.ts';
import { PASSWORD, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { LOOKS, screenshot, useChromium } from './browser.ts';
import type { Tab } from './browser.ts';

const chromium = useChromium();

/** a.test and b.test, each knowing the way to the other. */
async function twoHosts(t: TestContext): Promise<{ readonly a: RunningHost; readonly b: RunningHost }> {
  const [portA, portB] = [await freePort(), await freePort()];
  const tables = (own: number, other: string, port: number): string =>
    `[smtp]\nlisten = ["127.0.0.1:${own}"]\n[queue]\nretry = ["300ms"]\n[[route]]\ndomain = "${other}"\nhost = "127.0.0.1"\nport = ${port}\n`;
  const a = await startHost(t, { accounts: ['alice@a.test'], tables: tables(portA, 'b.test', portB) });
  const b = await startHost(t, {
    domains: ['b.test'],
    accounts: ['bob@b.test'],
    tables: tables(portB, 'a.test', portA),
  });
  return { a, b };
}

/** Tabs that are gone before their program is: what they say of its end is no fault. Called first. */
function closesFirst(t: TestContext): Tab[] {
  const tabs: Tab[] = [];
  t.after(async () => {
    for (const tab of tabs) await tab.context.close();
  });
  return tabs;
}

/** Opened by the address that the program gives, once. Nothing may go to another origin. */
async function openClient(
  t: TestContext,
  client: RunningClient,
  closing: Tab[],
  look?: (typeof LOOKS)[number],
): Promise<Tab | undefined> {
  const tab = await chromium.open(t, { origins: [client.origin], ...(look === undefined ? {} : { look }) });
  if (tab === undefined) return undefined;
  closing.push(tab);
  await tab.page.goto(`${client.origin}${await wayIn(client.port, client.state)}`);
  return tab;
}

const body = (page: Page) => page.getByRole('textbox', { name: 'Text of the message' });

async function withoutUndo(page: Page): Promise<void> {
  await page.evaluate(() => {
    localStorage.setItem('posthorn.writing', JSON.stringify({ undoSeconds: 0 }));
  });
  await page.reload();
  await page.waitForSelector('.write-button button', { state: 'attached' });
}

async function openRow(page: Page, subject: string): Promise<void> {
  await page
    .getByRole('row', { name: new RegExp(subject) })
    .first()
    .click();
  await page.getByRole('heading', { name: subject }).first().waitFor();
}

async function checkNow(page: Page, address: string): Promise<void> {
  await page.getByRole('button', { name: 'Accounts' }).click();
  await page.getByRole('button', { name: `Open ${address}` }).click();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
}

test('from a first start to a letter that came back with a file', async (t) => {
  const closing = closesFirst(t);
  const { a, b } = await twoHosts(t);
  const dns = await startZoneServer({
    '_pop3s._tcp.a.test': { srv: [[10, 1, a.port('pop3', 'implicit'), 'localhost']] },
    '_submissions._tcp.a.test': { srv: [[10, 1, a.port('submission', 'implicit'), 'localhost']] },
  } as never);
  t.after(() => dns.close());
  const config = join(await scratch(t), 'config.toml');
  await writeFile(config, `[dns]\nservers = ["${dns.server}"]\n`);
  const alice = await startClient(t, { args: ['--config', config] });
  const tab = await openClient(t, alice, closing);
  if (tab === undefined) return;
  const { page } = tab;

  // By keyboard alone.
  await page.getByRole('heading', { name: 'Your mail, on this computer' }).waitFor();
  assert.equal(await page.getByRole('radio').count(), 3);
  await screenshot(page, 'client-first-run');
  await page.getByRole('radio', { name: /Use my own e-mail address/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Your name' }).focus();
  await page.keyboard.type('Alice');
  await page.keyboard.press('Tab');
  await page.keyboard.type('alice@a.test');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a wrong password');
  await page.keyboard.press('Enter');
  await page.getByText('It names localhost.').waitFor();
  assert.equal(await page.locator('.ladder li').count(), 6, 'each rung is shown');
  await page.locator('.ladder .doubt').first().waitFor();
  await screenshot(page, 'client-ladder');

  // Its certificate is a question, and the way out is what has focus.
  await page.getByRole('button', { name: 'Test and add' }).click();
  await page
    .getByRole('heading', { name: /can’t prove that it is localhost/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Look at the certificate' }).first().click();
  const back = page.getByRole('button', { name: 'Go back' });
  assert.equal(await back.evaluate((button) => button === document.activeElement), true);
  assert.match(await page.locator('.fingerprint').innerText(), /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  await screenshot(page, 'client-certificate');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (let side = 0; side < 2; side++) {
    await page.getByRole('button', { name: 'Look at the certificate' }).first().click();
    await page.getByRole('button', { name: 'Trust exactly this one' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction((left) => document.querySelectorAll('.error-card').length > 0 && [...document.querySelectorAll('.error-card button')].filter((one) => one.textContent === 'Look at the certificate').length === left, 1 - side); // prettier-ignore
  }

  // A wrong password: the server's own words, the field focused, everything else kept.
  const field = page.getByRole('textbox', { name: 'Password' });
  await page.getByText('did not accept the login').first().waitFor();
  assert.equal(await field.evaluate((input) => input === document.activeElement), true);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(PASSWORD);
  await page.getByRole('button', { name: 'Test and add' }).click();
  await page.getByText('alice@a.test is here. Its mail is being collected.').first().waitFor();
  await page.locator('.list').waitFor();

  await withoutUndo(page);
  await page.keyboard.press('c');
  await page.getByRole('combobox', { name: 'To', exact: true }).waitFor();
  await page.keyboard.type('bob@b.test,');
  await page.getByRole('textbox', { name: 'Subject' }).focus();
  await page.keyboard.type('From my own computer');
  await body(page).focus();
  await page.keyboard.type('Do you have the plan?');
  await page
    .getByText(/^Saved /)
    .first()
    .waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('.composer').waitFor({ state: 'detached' });

  const bob = await startClient(t);
  const added = await addRemote(bob, b, { address: 'bob@b.test', password: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  const second = await openClient(t, bob, closing);
  if (second === undefined) return;
  const his = second.page;
  await his.waitForSelector('.write-button button', { state: 'attached' });
  await withoutUndo(his);
  await checkNow(his, 'bob@b.test');
  await openRow(his, 'From my own computer');
  await his.keyboard.press('r');
  await body(his).waitFor();
  await his.keyboard.type('Here it is.');
  await his.setInputFiles('[data-attach]', {
    name: 'plan.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.alloc(60_000, 37),
  });
  await his.getByText('plan.pdf').waitFor();
  await his
    .getByText(/^Saved /)
    .first()
    .waitFor();
  await his.getByRole('button', { name: 'Send', exact: true }).click();
  await his.locator('.composer').waitFor({ state: 'detached' });

  await arrived(a, 'alice@a.test');
  await checkNow(page, 'alice@a.test');
  await openRow(page, 'From my own computer');
  await page.getByText('plan.pdf').waitFor();
  await screenshot(page, 'client-reply-with-a-file');

  // Nothing of the password is in the page or in what the browser keeps.
  const kept = await page.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
  );
  assert.ok(!kept.includes(PASSWORD) && !alice.output().includes(PASSWORD));
  tab.takeFaults();
});

async function arrived(host: RunningHost, address: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { stdout } = await host.cli(['account', 'show', address, '--json']);
    if ((JSON.parse(stdout) as { usedMessages: number }).usedMessages > 0) return;
  }
  throw new Error(`nothing came for ${address}`);
}

test('the pages of accounts have no serious fault in any look, fit, and say what a rule would delete', async (t) => {
  const closing = closesFirst(t);
  const host = await startHost(t, { accounts: ['alice@a.test'] });
  const client = await startClient(t);
  const added = await addRemote(client, host, { address: 'alice@a.test', password: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  const first = await client.logIn();
  const { list } = await first.call('Remote/get', { ids: null });
  const id = (list as { id: string }[])[0]?.id ?? '';
  for (const look of LOOKS) {
    const tab = await openClient(t, client, closing, look);
    if (tab === undefined) return;
    for (const path of ['accounts', 'accounts/new', `accounts/${id}`, `accounts/${id}/there`]) {
      await tab.page.goto(`${client.origin}/#/${path}`);
      await tab.page.locator('.accounts h1').waitFor();
      await assertAccessible(tab.page);
      assert.equal(await tab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, path);
    }
    await tab.page.close();
  }
});
