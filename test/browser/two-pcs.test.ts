/**
 * The whole way, in two browsers: Alice sets up her address on her own computer and writes; her host hands it to Bob's
 * host; Bob's computer collects it; he answers with a file, and Alice reads it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../peers/daemon.ts';
import { PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { screenshot, useChromium } from './browser.ts';
import {
  checkNow,
  closesFirst,
  goesBackByDefault,
  looksRight,
  openClient,
  openRow,
  replyWithFile,
  setUp,
  startClientThatFinds,
  trustOnPurpose,
  withoutUndo,
  writeLetter,
} from './client-page.ts';
import type { NamedServers } from './client-page.ts';

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

const named = (domain: string, host: RunningHost): NamedServers => ({
  domain,
  pop3s: host.port('pop3', 'implicit'),
  submissions: host.port('submission', 'implicit'),
});

test('from a first start to a letter that came back with a file', async (t) => {
  const closing = closesFirst(t);
  const { a, b } = await twoHosts(t);
  const alice = await startClientThatFinds(t, [named('a.test', a)]);
  const tab = await openClient(t, { chromium, client: alice, closing }, { reducedMotion: true });
  if (tab === undefined) return;
  const { page } = tab;

  // By keyboard alone.
  await page.getByRole('heading', { name: 'Your mail, on this computer' }).waitFor();
  assert.equal(await page.getByRole('radio').count(), 3);
  await screenshot(page, 'client-first-run');
  await looksRight(page, 'the first start');
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
  await looksRight(page, 'the ladder');

  // Its certificate is a question, and the way out is what has focus.
  await page.getByRole('button', { name: 'Test and add' }).click();
  await page
    .getByRole('heading', { name: /can’t prove that it is localhost/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Look at the certificate' }).first().click();
  await page.locator('.fingerprint').waitFor();
  await screenshot(page, 'client-certificate');
  await looksRight(page, 'the certificate');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await goesBackByDefault(page);
  await trustOnPurpose(page);
  await page.getByRole('button', { name: 'Look at the certificate' }).nth(1).waitFor({ state: 'detached' });
  await trustOnPurpose(page);

  // A wrong password: the server's own words, the field focused, everything else kept.
  const field = page.getByRole('textbox', { name: 'Password' });
  await page.getByText('did not accept the login').first().waitFor();
  await looksRight(page, 'both servers tried');
  assert.equal(await field.evaluate((input) => input === document.activeElement), true);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(PASSWORD);
  await page.getByRole('button', { name: 'Test and add' }).click();
  await page.getByText('alice@a.test is here. Its mail is being collected.').first().waitFor();
  await page.locator('.list').waitFor();

  await withoutUndo(page);
  await writeLetter(page, { to: 'bob@b.test', subject: 'From my own computer', text: 'Do you have the plan?' });

  const bob = await startClientThatFinds(t, [named('b.test', b)]);
  const second = await openClient(t, { chromium, client: bob, closing });
  if (second === undefined) return;
  const his = second.page;
  await his.waitForSelector('.write-button button', { state: 'attached' });
  await setUp(his, { name: 'Bob', address: 'bob@b.test', password: PASSWORD });
  await withoutUndo(his);
  await checkNow(his, 'bob@b.test');
  await openRow(his, 'From my own computer');
  await replyWithFile(his, 'Here it is.', 'plan.pdf');

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
