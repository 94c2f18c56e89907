/** The list and what is done from it: the keys, finding, selecting, focus, and what stays reachable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../program.ts';
import { useChromium } from './browser.ts';
import { fill, openMailbox, row, startWebmail } from './webmail.ts';

const chromium = useChromium();
const [ANNA, BERT, CORA] = ['anna@a.test', 'bert@a.test', 'cora@a.test'];

/** What seed.ts puts into the Inbox, as conversations. */
const SEEDED = 9;
const MORE = 150;

const rows = (page: Page) => page.getByRole('row');
const active = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex') ?? '');
const focused = (page: Page, what: string, index: number) =>
  eventually(what, async () => (await active(page)) === String(index));
const spoken = (page: Page, text: RegExp) =>
  eventually(`“${text.source}” is announced`, () =>
    page.evaluate(
      (source) =>
        [...document.querySelectorAll('[role=status]')].some((one) => new RegExp(source).test(one.textContent ?? '')),
      text.source,
    ),
  );
const heading = (page: Page, text: RegExp) =>
  page.locator('.list-title').filter({ hasText: text }).waitFor({ timeout: 10_000 });
const onRow = async (page: Page, index: number): Promise<void> => {
  await rows(page).first().waitFor();
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await eventually('focus is in the list', async () => (await active(page)) !== '', 5_000);
  for (let n = 1; n < index; n++) await page.keyboard.press('j');
  await focused(page, `row ${index}`, index);
};

test('the list', async (t) => {
  const web = await startWebmail(t, { accounts: [ANNA, BERT, CORA], args: ['--only', 'web'] });
  await fill(web, ANNA, MORE);
  await fill(web, BERT);
  await fill(web, CORA);

  await t.test('has few rows in the page however many there are, and End goes to the very last', async (t) => {
    const tab = await openMailbox(t, chromium, web, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    await heading(page, new RegExp(`Inbox ?${SEEDED + MORE} conversations`));
    await onRow(page, 1);
    for (const key of ['End', 'PageUp', 'PageDown', 'Home', 'End']) {
      await page.keyboard.press(key);
      assert.ok((await rows(page).count()) <= 80, `${await rows(page).count()} rows`);
    }
    const count = Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
    assert.equal(count, SEEDED + MORE);
    await focused(page, 'the last row', count);
    await eventually('it is loaded and in view', () =>
      page.evaluate(() => {
        const grid = document.querySelector('[role=grid]')?.getBoundingClientRect();
        const here = document.activeElement?.getBoundingClientRect();
        const isLoaded = /Log of day 1\b/.test(document.activeElement?.getAttribute('aria-label') ?? '');
        return (
          isLoaded && grid !== undefined && here !== undefined && here.top >= grid.top && here.bottom <= grid.bottom
        );
      }),
    );
  });

  await t.test('select all that fit, archive, undo: everything is there again', async (t) => {
    const tab = await openMailbox(t, chromium, web, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    await onRow(page, 1);
    await page.keyboard.press('*');
    await page.keyboard.press('a');
    await page.getByText(`All ${SEEDED + MORE} selected`).waitFor();
    await page.keyboard.press('e');
    await page.getByText('No mail yet').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await heading(page, new RegExp(`${SEEDED + MORE} conversations`));
    await row(page, 'Re: Lunch on Thursday?').waitFor();
    await page.evaluate(() => (location.hash = '#/s/in%3Aarchive'));
    await heading(page, /One message found/);
  });

  await t.test('a search says how much it found; operators combine; a wrong one is explained', async (t) => {
    const tab = await openMailbox(t, chromium, web, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    await page.keyboard.press('/');
    await page.keyboard.type('papers');
    await page.keyboard.press('Enter');
    await spoken(page, /One message found/);
    assert.match((await rows(page).first().getAttribute('aria-label')) ?? '', /Lunch on Thursday/);
    for (const [query, found] of [
      ['from:carla has:attachment', /One message found/],
      ['from:carla has:attachment is:unread subject:boat', /One message found/],
      ['from:bob has:attachment', /0 messages found/],
      ['"Nothing to report" larger:1mb', /0 messages found/],
      ['is:flagged in:inbox', /2 messages found/],
    ] as const) {
      await page.locator('[data-search]').fill(query);
      await page.keyboard.press('Enter');
      await spoken(page, found);
    }
    await page.locator('[data-search]').fill('is:purple');
    await page.keyboard.press('Enter');
    await page.getByText('is:purple is not known. There are unread, read, flagged, answered and draft.').waitFor();
  });

  await t.test('the keys do what their sheet says', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    await onRow(page, 1);
    await page.keyboard.press('j');
    await focused(page, 'the next', 2);
    await page.keyboard.press('k');
    await focused(page, 'the one before', 1);
    await page.keyboard.press('Enter');
    await page.locator('.conversation-head').waitFor();
    await page.keyboard.press('u');
    await page.getByText('Nothing open').waitFor();
    await focused(page, 'back in the list', 1);
    await page.keyboard.press('x');
    await page.getByText('one selected').waitFor();
    await page.keyboard.press('x');
    await heading(page, /Inbox/);
    await page.keyboard.press('s');
    await spoken(page, /Message flagged\./);
    await page.keyboard.press('#');
    await heading(page, new RegExp(`${SEEDED - 1} conversations`));
    await page.keyboard.press('z');
    await heading(page, new RegExp(`${SEEDED} conversations`));
    await page.keyboard.press('?');
    const sheet = await page.locator('.key-sheet').innerText();
    for (const key of ['j', 'k', 'Enter', 'u', 'x', 's', '#', 'z', '?']) {
      assert.match(sheet, new RegExp(`(^|\\s)${key.replace(/[#?]/, '\\$&')}(\\s|$)`), key);
    }
    await page.keyboard.press('Escape');
    await page.locator('.key-sheet').waitFor({ state: 'detached' });
    // Once with two keys, and the palette.
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await heading(page, /Sent/);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('inbox');
    await page.keyboard.press('Enter');
    await heading(page, /Inbox/);
  });

  await t.test('who types or composes does nothing to the mail', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    await onRow(page, 1);
    const before = await page.locator('.list').innerText();
    // While an input method is at work its keys come with the number 229, whatever they say they are.
    await page.evaluate(() => {
      for (const init of [{ keyCode: 229 }, { isComposing: true }]) {
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: '#', bubbles: true, ...init }));
      }
    });
    await page.keyboard.press('/');
    await page.keyboard.type('j#e');
    assert.equal(await page.locator('[data-search]').inputValue(), 'j#e');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await onRow(page, 1);
    await page.keyboard.press('c');
    const composer = page.locator('.composer');
    await composer.waitFor();
    await composer.locator('[data-subject]').fill('');
    await composer.locator('[data-subject]').pressSequentially('j#e');
    await composer.locator('.compose-text').click();
    await page.keyboard.type('j#e!x');
    // On a button of the composer they mean nothing either.
    await composer.getByRole('button', { name: 'Attach files' }).focus();
    for (const key of ['#', 'e', 'x', '!']) await page.keyboard.press(key);
    await composer
      .locator('.compose-saved')
      .filter({ hasText: /^Saved/ })
      .waitFor();
    assert.equal(await composer.locator('[data-subject]').inputValue(), 'j#e');
    assert.match(await composer.locator('.compose-text').innerText(), /j#e!x/);
    await composer.getByRole('button', { name: 'Discard' }).click();
    await composer.waitFor({ state: 'detached' });
    assert.equal(await page.locator('.list').innerText(), before);
  });

  await t.test('single keys can be switched off; the palette and Ctrl+Enter still work', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    await page.evaluate(() => (location.hash = '#/settings/keys'));
    await page.getByRole('checkbox', { name: 'Use single keys' }).uncheck();
    await page.evaluate(() => (location.hash = '#/f'));
    await onRow(page, 1);
    for (const key of ['#', 'e', 'x', 'c', '?', 'j', 's']) await page.keyboard.press(key);
    await page.keyboard.press('ArrowDown');
    await focused(page, 'arrows are no single keys', 2);
    await heading(page, new RegExp(`Inbox ?${SEEDED} conversations`));
    assert.equal(await page.locator('.composer, dialog[open]').count(), 0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('write');
    await page.keyboard.press('Enter');
    await eventually('one can write', () =>
      page.evaluate(() => document.activeElement?.matches('.composer input') === true),
    );
    await page.keyboard.press('Control+Enter');
    await page.getByText('It is for nobody yet.').waitFor();
  });

  await t.test(
    'Tab goes from the skip link to folders, list and message; F6 goes round; the letter is no trap',
    async (t) => {
      const tab = await openMailbox(t, chromium, web, BERT);
      if (tab === undefined) return;
      const { page } = tab;
      await row(page, 'The autumn list').click();
      await page.frameLocator('iframe.letter-frame').getByText('Forty new lamps').waitFor();
      await page.evaluate(() => {
        (document.activeElement as HTMLElement | null)?.blur();
        getSelection()?.removeAllRanges();
      });
      await page.reload();
      await page.frameLocator('iframe.letter-frame').getByText('Forty new lamps').waitFor();
      const stops: string[] = [];
      const hidden: string[] = [];
      for (let n = 0; n < 60; n++) {
        await page.keyboard.press('Tab');
        const [where, ring] = await page.evaluate(whereFocusIs);
        if (where === 'nowhere') break;
        stops.push(where);
        if (ring !== '') hidden.push(`${where}: ${ring}`);
      }
      assert.deepEqual(hidden, []);
      const order = stops.filter((one, n) => one !== stops[n - 1]);
      assert.deepEqual(order, ['skip', 'bar', 'folders', 'list', 'reader', 'letter', 'reader']);
      const round: string[] = [];
      for (let n = 0; n < 4; n++) {
        await page.keyboard.press('F6');
        round.push(...(await page.evaluate(whereFocusIs)).slice(0, 1));
      }
      assert.equal(new Set(round).size, 3);
      assert.equal(round[0], round[3]);
    },
  );

  await t.test('a row that is deleted hands its focus to the next, and that is said', async (t) => {
    const tab = await openMailbox(t, chromium, web, CORA);
    if (tab === undefined) return;
    const { page } = tab;
    await onRow(page, 3);
    const next = await page.locator('[role=row][aria-rowindex="4"]').getAttribute('aria-label');
    await page.keyboard.press('#');
    await heading(page, new RegExp(`${SEEDED - 1} conversations`));
    await eventually('focus is on the next', () =>
      page.evaluate((label) => document.activeElement?.getAttribute('aria-label') === label, next),
    );
    await spoken(page, /Message moved to Trash/);
    await page.keyboard.press('End');
    await focused(page, 'the last', SEEDED - 1);
    await page.keyboard.press('#');
    await focused(page, 'the last that is left', SEEDED - 2);
  });
});

/** Which part of the page has focus; and why one would not see that, if so. */
function whereFocusIs(): readonly [where: string, hidden: string] {
  const element = document.activeElement;
  if (element === null || element === document.body) return ['nowhere', ''];
  if (element instanceof HTMLIFrameElement) return ['letter', ''];
  const part = element.closest('.skip, .bar, .folders, .list, .reader')?.classList[0] ?? element.tagName;
  const box = element.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const isCovered = there === null || !(element.contains(there) || there.contains(element));
  const rings = [element, element.parentElement, element.closest('.search, .compose-row, .row')].some((one) => {
    if (one === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
  return [part, isCovered ? 'covered' : rings ? '' : 'no ring'];
}
