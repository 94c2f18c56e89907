/**
 * Two accounts on two hosts, in real browsers: a letter goes there and is told hop by hop, waits while the other host is
 * away and goes when it is back; and a host that is killed while one writes, or while a letter is held, loses nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fetchMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import { useChromium } from './browser.ts';
import type { Tab } from './browser.ts';
import { openLetter, openMailbox, startWebmail } from './webmail.ts';

const chromium = useChromium();
const [ANNA, BOB] = ['anna@a.test', 'bob@b.test'];

const route = (port: number): string =>
  `[queue]\nretry = ["300ms"]\n[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${port}\n`;
const listening = (service: string, port: number): string => `[${service}]\nlisten = ["127.0.0.1:${port}"]\n`;

const command = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a command' }).fill(name);
  await page.keyboard.press('Enter');
};

async function write(page: Page, subject: string, text: string): Promise<void> {
  await command(page, 'Write a message');
  const composer = page.locator('.composer');
  await composer.getByRole('combobox', { name: 'To', exact: true }).fill(`${BOB},`);
  await composer.locator('[data-subject]').fill(subject);
  await composer.locator('.compose-text').click();
  await page.keyboard.type(text);
}

async function sendNow(page: Page): Promise<void> {
  await page.keyboard.press('Control+Enter');
  await page.locator('.composer').waitFor({ state: 'detached' });
  await page.evaluate(() => (location.hash = '#/outbox'));
  await page.getByRole('button', { name: 'Send now' }).click();
}

/** A tab says that its host is gone: that is expected here. */
const noFaultsBut = ({ takeFaults }: Tab, expected: RegExp): void => {
  assert.deepEqual(
    takeFaults().filter(({ text }) => !expected.test(text)),
    [],
  );
};

const GONE = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_NETWORK/;

const storyOf = async (page: Page, subject: string): Promise<string> => {
  await page.evaluate(() => (location.hash = '#/f'));
  await openLetter(page, subject);
  await command(page, 'What happened to this message');
  await page.locator('.journey').waitFor();
  const story = await page.getByRole('dialog').innerText();
  await page.keyboard.press('Escape');
  return story;
};

test('from one host to another, told hop by hop; and while the other is away it waits', async (t) => {
  const b = await startWebmail(t, { domains: ['b.test'], accounts: [BOB] });
  const a = await startWebmail(t, { accounts: [ANNA], tables: route(b.host.port('smtp')) });
  await t.test('the hops name who was client and who was server, and by which protocol', async (t) => {
    const anna = await openMailbox(t, chromium, a, ANNA);
    const bob = await openMailbox(t, chromium, b, BOB);
    if (anna === undefined || bob === undefined) return;
    await write(anna.page, 'The new mast', 'It stands in the yard.');
    await sendNow(anna.page);
    await bob.page.getByRole('row').filter({ hasText: 'The new mast' }).waitFor();
    await fetchMail(b.host.port('pop3'), { user: BOB, password: PASSWORD });
    const story = await storyOf(bob.page, 'The new mast');
    for (const hop of [
      /mx\.a\.test\s+client/,
      /ESMTPS/,
      /mx\.b\.test\s+server/,
      /Put into the inbox of bob@b\.test/,
      /POP3/,
    ]) {
      assert.match(story, hop);
    }
  });
  await t.test(
    'with the other host away the outbox says why and when; back again, the letter goes by itself',
    async (t) => {
      const anna = await openMailbox(t, chromium, a, ANNA);
      if (anna === undefined) return;
      const port = b.host.port('smtp');
      await b.host.stop();
      await write(anna.page, 'Are you there?', 'Nobody answers.');
      await sendNow(anna.page);
      await anna.page.getByRole('button', { name: /one waiting/ }).waitFor();
      const card = anna.page.locator('.page').filter({ hasText: 'Are you there?' });
      await card
        .getByText(/Next try/)
        .first()
        .waitFor();
      // After the first try it is known what is in the way.
      await card
        .getByText(/connect|answer|reach/i)
        .first()
        .waitFor();
      const tables = listening('smtp', port);
      const again = await startHost(t, { state: b.host.state, domains: ['b.test'], tables });
      await eventually('it has arrived', async () => {
        const mail = await fetchMail(again.port('pop3'), { user: BOB, password: PASSWORD });
        return mail.some((one) => one.includes('Are you there?'));
      });
      await anna.page.getByRole('button', { name: /one waiting/ }).waitFor({ state: 'detached' });
    },
  );
});

test('a host killed while one writes and while a letter is held: nothing is lost, and it goes once', async (t) => {
  const b = await startWebmail(t, { domains: ['b.test'], accounts: [BOB] });
  const a = await startWebmail(t, { accounts: [ANNA], tables: route(b.host.port('smtp')) });
  await t.test('written on, saved, sent, killed in the hold', async (t) => {
    const tab = await openMailbox(t, chromium, a, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    const outer = t;
    await write(page, 'Through thick and thin', 'Before the end.');
    await page
      .locator('.compose-saved')
      .getByText(/^Saved/)
      .waitFor();
    const port = a.host.port('web');
    await a.host.kill();
    await page.locator('.compose-text').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' And after it.');
    await page
      .locator('.compose-saved')
      .getByText(/Not saved/)
      .waitFor();
    const tables = route(b.host.port('smtp')) + listening('web', port);
    const second = await startHost(outer, { state: a.host.state, tables });
    await page
      .locator('.compose-saved')
      .getByText(/^Saved/)
      .waitFor();
    await page.keyboard.press('Control+Enter');
    await page
      .locator('.toast')
      .getByText(/Goes in/)
      .waitFor();
    await second.kill();
    await page.close({ runBeforeUnload: false });
    await startHost(outer, { state: a.host.state, tables });
    const mine = async (): Promise<readonly string[]> =>
      (await fetchMail(b.host.port('pop3'), { user: BOB, password: PASSWORD })).filter((one) =>
        one.includes('Through thick and thin'),
      );
    await eventually('it has arrived', async () => (await mine()).length > 0, 30_000);
    const [letter, ...others] = await mine();
    assert.deepEqual(others, []);
    assert.match(letter ?? '', /Before the end\. And after it\./);
    noFaultsBut(tab, GONE);
  });
});
