/**
 * Writing and sending in a real browser, over the built program: to oneself and to another host, with files, taken back,
 * with the tab killed while one writes, and once more after it could not be delivered.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { MailClient } from '../mail-client.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { LOOKS, useChromium } from './browser.ts';
import type { Tab } from './browser.ts';

const chromium = useChromium();

const originOf = (host: RunningHost): string => `http://127.0.0.1:${host.port('web')}`;

async function logIn(page: Page, host: RunningHost, login: string): Promise<void> {
  await page.goto(originOf(host));
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('.write-button button', { state: 'attached' });
}

/** Tabs that are gone before their server is: what they say of its end is no fault. */
function closesFirst(t: TestContext): Tab[] {
  const tabs: Tab[] = [];
  t.after(async () => {
    for (const tab of tabs) await tab.context.close();
  });
  return tabs;
}

/** One host with Alice and Bob; `tables` of its configuration. */
async function open(
  t: TestContext,
  tables = '',
): Promise<
  { readonly tab: Tab; readonly page: Page; readonly host: RunningHost; readonly closing: Tab[] } | undefined
> {
  const closing = closesFirst(t);
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'], tables });
  const tab = await chromium.open(t, { origins: [originOf(host)] });
  if (tab === undefined) return undefined;
  closing.push(tab);
  await logIn(tab.page, host, 'alice@a.test');
  return { tab, page: tab.page, host, closing };
}

const composer = (page: Page) => page.locator('.composer');
const body = (page: Page) => page.getByRole('textbox', { name: 'Text of the message' });

/** By keyboard alone. */
async function write(page: Page, letter: { readonly to: string; readonly subject: string; readonly text: string }) {
  await page.keyboard.press('c');
  await page.getByRole('combobox', { name: 'To', exact: true }).waitFor();
  await page.keyboard.type(`${letter.to},`);
  await page.getByRole('textbox', { name: 'Subject' }).focus();
  await page.keyboard.type(letter.subject);
  await page.keyboard.press('Enter');
  await page.keyboard.type(letter.text);
}

async function openRow(page: Page, subject: string): Promise<void> {
  await page
    .getByRole('row', { name: new RegExp(subject) })
    .first()
    .click();
  await page.getByRole('heading', { name: subject }).first().waitFor();
}

test('who writes to themselves reads it in the first minute; it can be taken back before', async (t) => {
  const opened = await open(t);
  if (opened === undefined) return;
  const { page } = opened;
  await write(page, { to: 'alice@a.test', subject: 'To myself', text: 'Hello, ' });
  await page.keyboard.press('Control+b');
  await page.keyboard.type('me');
  await page.locator('.compose-saved', { hasText: 'Saved ' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('.toast', { hasText: /Goes in \d+ s/ }).waitFor();
  await page.getByRole('button', { name: /one waiting/ }).waitFor();

  await page.keyboard.press('z');
  await body(page).waitFor();
  assert.match(await body(page).innerText(), /^Hello,\s\u200b?me/u);
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });

  // From the Outbox it can be let go at once.
  await page.getByRole('button', { name: 'Outbox' }).click();
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await openRow(page, 'To myself');
  assert.equal(await page.frameLocator('.reader iframe').locator('b').innerText(), 'me');
});

test('a reply has the file, the quote and the thread; without a file it asks', async (t) => {
  const opened = await open(t);
  if (opened === undefined) return;
  const { page, host, closing } = opened;
  await page.evaluate(() => {
    localStorage.setItem('posthorn.writing', JSON.stringify({ undoSeconds: 0 }));
  });
  await page.reload();
  await page.waitForSelector('.write-button button');
  await write(page, { to: 'bob@a.test', subject: 'Plan', text: 'Where is it?' });
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });

  const bob = await chromium.open(t, { origins: [originOf(host)] });
  if (bob === undefined) return;
  closing.push(bob);
  await logIn(bob.page, host, 'bob@a.test');
  await openRow(bob.page, 'Plan');
  await bob.page.keyboard.press('r');
  await body(bob.page).waitFor();
  await bob.page.keyboard.type('I have attached the plan.');
  await bob.page.keyboard.press('Control+Enter');
  await bob.page.getByText('You wrote “attached”, but no file is attached.').waitFor();
  const file = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(600_000, 37) };
  await bob.page.setInputFiles('[data-attach]', file);
  await bob.page.getByText(/of files become about 8\d\d kB on the way/).waitFor();
  await bob.page.getByText('You wrote “attached”').waitFor({ state: 'detached' });
  await eventually('the file is uploaded', async () => (await bob.page.locator('progress').count()) === 0);
  const his = await MailClient.logIn(host.port('web'), 'bob@a.test');
  await eventually('the draft has it', async () =>
    (await his.list('drafts', ['hasAttachment'])).some((draft) => draft['hasAttachment'] === true),
  );
  await bob.page.locator('.compose-saved', { hasText: 'Saved ' }).waitFor();
  const send = bob.page.getByRole('button', { name: 'Send', exact: true });
  await send.click();
  // Taken back it has its file still, and so it has when it is sent again.
  await bob.page.getByRole('button', { name: 'Undo' }).click();
  await bob.page.locator('.compose-saved', { hasText: 'Saved ' }).waitFor();
  assert.match(await bob.page.locator('.compose-file').innerText(), /plan\.pdf/u);
  await send.click();
  await bob.page.getByRole('button', { name: 'Undo' }).waitFor();
  await bob.page.getByRole('button', { name: 'Outbox' }).click();
  await bob.page.getByRole('button', { name: 'Send now' }).click();

  await openRow(page, 'Plan');
  await page.getByText('plan.pdf').waitFor();
  const letter = page.frameLocator('.reader iframe').last();
  assert.match(await letter.locator('blockquote').innerText(), /Where is it\?/);
});

/** All that is kept in the browser and not with the server yet. */
function keptIn(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const asked = indexedDB.open('posthorn-drafts');
        asked.onerror = () => {
          reject(asked.error ?? new Error('it does not open'));
        };
        asked.onsuccess = () => {
          const all = asked.result.transaction('drafts').objectStore('drafts').getAll();
          all.onsuccess = () => {
            asked.result.close();
            resolve(JSON.stringify(all.result));
          };
        };
      }),
  );
}

test('what is written survives a killed tab, and two windows don’t overwrite each other', async (t) => {
  const opened = await open(t);
  if (opened === undefined) return;
  const { page, tab, host } = opened;
  await write(page, { to: 'bob@a.test', subject: 'Long work', text: 'First words.' });
  await page.locator('.compose-saved', { hasText: 'Saved ' }).waitFor();
  await body(page).focus();
  await page.keyboard.type(' Last words.');
  const hers = await MailClient.logIn(host.port('web'), 'alice@a.test');
  await eventually('the browser keeps it, or the server has it', async () => {
    const drafts = await hers.list('drafts', ['preview']);
    return (await keptIn(page)).includes('Last words.') || JSON.stringify(drafts).includes('Last words.');
  });
  // Closed without being asked: as when it is killed.
  await page.close({ runBeforeUnload: false });

  const again = await tab.context.newPage();
  await again.goto(originOf(host));
  await body(again).waitFor();
  assert.match(await body(again).innerText(), /First words\..*Last words\./su);
  await again.locator('.compose-saved', { hasText: 'Saved ' }).waitFor();

  const other = await tab.context.newPage();
  await other.goto(`${originOf(host)}/`);
  await other.waitForSelector('.write-button button');
  await other.keyboard.press('g');
  await other.keyboard.press('d');
  await openRow(other, 'Long work');
  await other.getByRole('button', { name: 'Go on writing' }).click();
  await other.getByText('This draft is open in another window').waitFor();
  await other.getByRole('button', { name: 'Write it here' }).click();
  await body(other).waitFor();
  await composer(again).waitFor({ state: 'detached' });
});

test('what could not be delivered is corrected and sent again, only to who did not get it', async (t) => {
  const closing = closesFirst(t);
  const next = await startHost(t, { domains: ['b.test'], accounts: ['carol@b.test', 'dave@b.test'] });
  const route = `[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${next.port('smtp')}\n`;
  const opened = await open(t, route);
  if (opened === undefined) return;
  const { page } = opened;
  await page.evaluate(() => {
    localStorage.setItem('posthorn.writing', JSON.stringify({ undoSeconds: 0 }));
  });
  await page.reload();
  await page.waitForSelector('.write-button button');
  await write(page, { to: 'carol@b.test', subject: 'Before', text: 'Hello' });
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });
  await write(page, { to: 'carlo@b.test, dave@b.test', subject: 'Monday', text: 'Shall we?' });
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });

  await openRow(page, 'could not be delivered');
  await page.getByRole('button', { name: 'Did you mean carol@b.test?' }).click();
  await body(page).waitFor();
  assert.deepEqual(await page.locator('.person-chip').allInnerTexts(), ['carol@b.test']);
  await page.keyboard.press('Control+Enter');
  await composer(page).waitFor({ state: 'detached' });

  const carol = await chromium.open(t, { origins: [originOf(next)] });
  if (carol === undefined) return;
  closing.push(carol);
  await logIn(carol.page, next, 'carol@b.test');
  await openRow(carol.page, 'Monday');
});

test('the composer has no serious fault in any look, and fits', async (t) => {
  const closing = closesFirst(t);
  const host = await startHost(t, { accounts: ['alice@a.test'] });
  // Both themes, both widths, in half the time.
  for (const look of LOOKS.filter(({ name }) => ['light-wide', 'dark-narrow'].includes(name))) {
    const tab = await chromium.open(t, { look, origins: [originOf(host)] });
    if (tab === undefined) return;
    closing.push(tab);
    await logIn(tab.page, host, 'alice@a.test');
    await tab.page.keyboard.press('c');
    await body(tab.page).waitFor();
    await tab.page.keyboard.type('nobody at all,');
    await assertAccessible(tab.page);
    assert.equal(await tab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    // It is gone without a draft: nothing was written that anybody would miss.
    await tab.page.close();
  }
});
