/** Folders in a real browser: made, named, moved, deleted and brought back, by pointing and by keys alone, wide and narrow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { useChromium } from './browser.ts';
import { fill, openMailbox, overflow, row, startWebmail } from './webmail.ts';

const chromium = useChromium();
const [ANNA, BERT] = ['anna@a.test', 'bert@a.test'];
const PHONE = { name: 'phone', theme: 'dark', viewport: { width: 360, height: 640 } } as const;

const folder = (page: Page, name: string) =>
  page.getByRole('treeitem').filter({ has: page.locator('.folder-name').getByText(name, { exact: true }) });
const names = (page: Page) => page.locator('.tree .folder-name').allTextContents();
const toast = (page: Page, text: string | RegExp) => page.locator('.toast').getByText(text).last().waitFor();
const dialog = (page: Page) => page.getByRole('dialog');

/** Opens the menu of a folder and presses one of what it offers. */
async function choose(page: Page, name: string, item: string): Promise<void> {
  await folder(page, name).hover();
  await page.getByRole('button', { name: `What can be done with ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function create(page: Page, name: string, press: string): Promise<void> {
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog(page).getByRole('button', { name: press }).click();
}

/** Moves the conversation of that row into a folder. */
async function moveTo(page: Page, subject: string, where: string): Promise<void> {
  await row(page, subject).click();
  await page.locator('.message-foot').last().waitFor();
  await page.keyboard.press('v');
  await dialog(page).getByRole('combobox').fill(where);
  await page.keyboard.press('Enter');
  await toast(page, new RegExp(`moved to ${where}`));
}

const countOf = (page: Page, name: string, found: string) =>
  eventually(`${name} says ${found}`, async () => {
    await folder(page, name).click();
    const shown = await page.locator('.list-title').innerText();
    return shown.includes(name) && shown.includes(found);
  });

test('folders', async (t) => {
  const web = await startWebmail(t, { accounts: [ANNA, BERT], args: ['--only', 'web'] });
  await fill(web, ANNA);
  await fill(web, BERT);

  await t.test('made, renamed, moved into another and to the top; each can be taken back', async (t) => {
    const tab = await openMailbox(t, chromium, web, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    await page.getByRole('button', { name: 'New folder' }).click();
    await create(page, 'Boats', 'Create');
    await toast(page, 'Boats was created.');
    await choose(page, 'Boats', 'New folder inside');
    await create(page, 'Repairs & “odd” <names> / ünï', 'Create');
    await folder(page, 'Repairs & “odd” <names> / ünï').waitFor();
    await choose(page, 'Repairs & “odd” <names> / ünï', 'Rename');
    await create(page, 'Repairs', 'Rename');
    await toast(page, 'The folder is now called Repairs.');
    assert.equal(await folder(page, 'Repairs').getAttribute('aria-level'), '2');
    await page.keyboard.press('z');
    await folder(page, 'Repairs & “odd” <names> / ünï').waitFor();
    await choose(page, 'Repairs & “odd” <names> / ünï', 'Move folder');
    await dialog(page).getByRole('combobox').fill('top');
    await page.keyboard.press('Enter');
    await toast(page, /is now at the top level/);
    assert.equal(await folder(page, 'Repairs & “odd” <names> / ünï').getAttribute('aria-level'), '1');
    await page.keyboard.press('z');
    await eventually(
      'it lies inside again',
      async () => (await folder(page, 'Repairs & “odd” <names> / ünï').getAttribute('aria-level')) === '2',
    );
    // Neither into itself nor into what lies in it.
    await choose(page, 'Boats', 'Move folder');
    const places = await dialog(page).getByRole('option').allTextContents();
    assert.deepEqual(
      places.filter((one) => /Boats|Repairs/.test(one)),
      [],
    );
    await page.keyboard.press('Escape');
  });

  await t.test('a name that can’t be says why, and what was typed stays', async (t) => {
    const tab = await openMailbox(t, chromium, web, ANNA);
    if (tab === undefined) return;
    const { page } = tab;
    await page.getByRole('button', { name: 'New folder' }).click();
    const field = dialog(page).getByRole('textbox', { name: 'Name' });
    for (const [name, why] of [
      ['', 'A folder needs a name.'],
      ['Boats', 'There is already a folder named Boats here.'],
      ['ä'.repeat(128), 'it takes 256 bytes, and 255 are the most'],
      ['a\tb', 'can’t have line breaks, tabs or other signs'],
    ] as const) {
      await create(page, name, 'Create');
      await dialog(page).getByText(why).waitFor();
      assert.equal(await field.inputValue(), name);
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
    }
    await assertAccessible(page);
    // The longest that may be, with a character that turns text around: it is shown as what it is.
    await create(page, `${'x'.repeat(240)}\u202egnp.exe`, 'Create');
    await toast(page, /was created/);
    assert.ok((await names(page)).some((name) => name.includes('U+202E')));
    assert.deepEqual(await overflow(page), []);
  });

  await t.test('what every mailbox has stays where it is, and says why', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    for (const [name, why, fixed] of [
      ['Inbox', 'Mail arrives in the Inbox', ['Rename', 'Move folder', 'Delete folder']],
      ['Sent', 'Posthorn puts mail there by itself', ['Move folder', 'Delete folder']],
    ] as const) {
      await folder(page, name).hover();
      await page.getByRole('button', { name: `What can be done with ${name}`, exact: true }).click();
      for (const item of fixed) {
        const found = page.getByRole('menuitem', { name: item });
        assert.equal(await found.getAttribute('aria-disabled'), 'true', `${name}: ${item}`);
        assert.match(await found.innerText(), new RegExp(why));
      }
      await page.getByRole('menuitem', { name: 'Delete folder' }).click({ force: true });
      await assertAccessible(page);
      assert.equal(await dialog(page).count(), 0);
      await page.keyboard.press('Escape');
    }
    await folder(page, 'Inbox').focus();
    await page.keyboard.press('Delete');
    await toast(page, /Mail arrives in the Inbox/);
  });

  await t.test('deleted with mail: it goes to Trash, and all of it comes back; or for ever', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    // Made on the way: no folder has that name yet.
    await moveTo(page, 'Minutes of the meeting', 'Club');
    await moveTo(page, 'Photos', 'Club');
    await countOf(page, 'Club', '2');
    await choose(page, 'Club', 'Delete folder');
    await dialog(page).getByText('2 messages lie in it.').waitFor();
    assert.equal(await page.getByRole('radio', { name: 'They go to Trash' }).isChecked(), true);
    await assertAccessible(page);
    await dialog(page).getByRole('button', { name: 'Delete folder' }).click();
    await toast(page, 'Club was deleted. 2 messages are in Trash.');
    await page.locator('.list-title').getByText('Inbox').waitFor();
    assert.equal((await names(page)).includes('Club'), false);
    await page.keyboard.press('z');
    await toast(page, 'Club is there again.');
    await countOf(page, 'Club', '2');
    await row(page, 'Minutes of the meeting').waitFor();
    await choose(page, 'Club', 'Delete folder');
    await page.getByRole('radio', { name: /deleted for ever/ }).check();
    await dialog(page).getByRole('button', { name: 'Delete for ever' }).click();
    await toast(page, 'Club was deleted.');
    assert.equal(await page.locator('.toast').last().getByRole('button', { name: 'Undo' }).count(), 0);
    await page.evaluate(() => (location.hash = '#/s/minutes'));
    await page.getByText('Nothing found').waitFor();
  });

  await t.test('by keys alone, and focus is never lost', async (t) => {
    const tab = await openMailbox(t, chromium, web, BERT);
    if (tab === undefined) return;
    const { page } = tab;
    const here = () =>
      page.evaluate(() => document.activeElement?.closest('[data-folder]')?.querySelector('.folder-name')?.textContent);
    await row(page, 'The autumn list').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('New folder');
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('textbox', { name: 'Name' }).waitFor();
    await page.keyboard.type('Aft');
    await page.keyboard.press('Enter');
    await folder(page, 'Aft').waitFor();
    // The folder is there a moment before the question is gone, which gives the focus back.
    await dialog(page).waitFor({ state: 'detached' });
    await page.evaluate(() => document.querySelector<HTMLElement>('.tree [tabindex="0"]')?.focus());
    for (let n = 0; n < 12 && (await here()) !== 'Aft'; n++) await page.keyboard.press('ArrowDown');
    assert.equal(await here(), 'Aft');
    await page.keyboard.press('F2');
    await dialog(page).getByRole('textbox', { name: 'Name' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Bow');
    await page.keyboard.press('Enter');
    await folder(page, 'Bow').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(await here(), 'Bow');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('combobox').fill('archive');
    await page.keyboard.press('Enter');
    await toast(page, 'Bow is now inside Archive.');
    await page.evaluate(() => document.querySelector<HTMLElement>('.tree [tabindex="0"]')?.focus());
    for (let n = 0; n < 12 && (await here()) !== 'Bow'; n++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await here(), 'Archive');
    await page.keyboard.press('ArrowLeft');
    await folder(page, 'Bow').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.equal(await here(), 'Bow');
    await page.keyboard.press('Delete');
    await dialog(page).getByText('It is empty.').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await toast(page, 'Bow was deleted.');
    await eventually('focus is on what stood beside it', async () => (await here()) === 'Junk');
  });

  await t.test('on a telephone, 360 px wide', async (t) => {
    const context = { hasTouch: true, isMobile: true };
    const tab = await openMailbox(t, chromium, web, BERT, { look: PHONE, context });
    if (tab === undefined) return;
    const { page } = tab;
    await row(page, 'The autumn list').waitFor();
    // The question stands although the folders are put away.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('New folder');
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('textbox', { name: 'Name' }).waitFor();
    await create(page, 'Harbour', 'Create');
    await page.getByRole('button', { name: 'Folders' }).tap();
    await folder(page, 'Harbour').waitFor();
    await page.getByRole('button', { name: 'What can be done with Harbour' }).tap();
    assert.deepEqual(await overflow(page), []);
    await page.getByRole('menuitem', { name: 'Delete folder' }).tap();
    await dialog(page).getByText('It is empty.').waitFor();
    assert.deepEqual(await overflow(page), []);
    await assertAccessible(page);
    await dialog(page).getByRole('button', { name: 'Delete folder' }).tap();
    await toast(page, 'Harbour was deleted.');
    await page.locator('.toast').last().getByRole('button', { name: 'Undo' }).tap();
    await folder(page, 'Harbour').waitFor();
  });
});
