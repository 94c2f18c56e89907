/**
 * Each view in both themes, wide and narrow: nothing that bars people (axe), nothing that makes one scroll sideways.
 * With UPDATE=1 it writes the pictures of docs/webmail.md.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { MailClient } from '../mail-client.ts';
import { configuration, eventually } from '../program.ts';
import { seriousFindings } from './axe.ts';
import { screenshot, type Tab, useChromium } from './browser.ts';
import { fill, logIn, openLetter, overflow, row, startWebmail, type Webmail } from './webmail.ts';

const chromium = useChromium();
const ME = 'anna@a.test';

interface View {
  readonly name: string;
  /** From wherever the page is. */
  readonly show: (page: Page, web: Webmail) => Promise<void>;
  /** Back, where it lies over the page. */
  readonly leave?: (page: Page) => Promise<void>;
}

const inbox = async (page: Page): Promise<void> => {
  await page.evaluate(() => (location.hash = '#/f'));
  await page.locator('.list h1').filter({ hasText: 'Inbox' }).waitFor();
  await page.getByRole('row').first().waitFor();
};

const closeDialog = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
};

const command = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a command' }).fill(name);
  await page.keyboard.press('Enter');
};

const closeComposer = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.composer').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Dismiss' }).last().click();
};

const VIEWS: readonly View[] = [
  { name: 'inbox', show: inbox },
  {
    name: 'reader',
    async show(page) {
      await inbox(page);
      await openLetter(page, 'The autumn list');
    },
  },
  {
    name: 'thread',
    async show(page) {
      await inbox(page);
      await openLetter(page, 'Re: Lunch on Thursday?');
    },
  },
  {
    name: 'attachments',
    async show(page) {
      await inbox(page);
      await openLetter(page, 'Minutes of the meeting');
      await page.getByText('minutes.pdf').first().waitFor();
    },
  },
  {
    name: 'search',
    async show(page) {
      await page.evaluate(() => (location.hash = `#/s/${encodeURIComponent('thursday')}`));
      await page.locator('.search-chips').waitFor();
      await page.getByRole('row').first().waitFor();
    },
  },
  {
    name: 'nothing-found',
    async show(page) {
      await page.evaluate(() => (location.hash = `#/s/${encodeURIComponent('zeppelin')}`));
      await page.getByText('Nothing found').waitFor();
    },
  },
  {
    name: 'selected',
    async show(page) {
      await inbox(page);
      await page.getByRole('checkbox').first().check();
      await page.getByRole('toolbar').first().waitFor();
    },
    async leave(page) {
      await page.getByRole('button', { name: 'Select none' }).click();
    },
  },
  {
    name: 'new-folder',
    async show(page) {
      await inbox(page);
      await command(page, 'New folder');
      await page.getByRole('dialog').waitFor();
    },
    leave: closeDialog,
  },
  {
    name: 'move',
    async show(page) {
      await inbox(page);
      await command(page, 'Move to a folder');
      await page.getByRole('dialog').waitFor();
    },
    leave: closeDialog,
  },
  {
    name: 'palette',
    async show(page) {
      await inbox(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    },
    leave: closeDialog,
  },
  {
    name: 'keys',
    async show(page) {
      await inbox(page);
      await command(page, 'Keys');
      await page.locator('.key-sheet').waitFor();
    },
    leave: closeDialog,
  },
  {
    name: 'settings',
    async show(page) {
      await page.evaluate(() => (location.hash = '#/settings'));
      await page.locator('.settings h2').waitFor();
    },
  },
  {
    name: 'composer',
    async show(page) {
      await inbox(page);
      await command(page, 'Write a message');
      const composer = page.locator('.composer');
      await composer.getByRole('combobox', { name: 'To', exact: true }).fill('Bob Stone <bob@b.test>, ');
      await composer.locator('[data-subject]').fill('Plan for Monday');
      await composer.locator('.compose-text').click();
      await page.keyboard.type('Dear Bob,\n\nthe boat is ready. Shall we look at it on Monday?');
      await composer
        .locator('.compose-saved')
        .filter({ hasText: /^Saved/ })
        .waitFor();
    },
    leave: closeComposer,
  },
  {
    name: 'reply',
    async show(page) {
      await inbox(page);
      await openLetter(page, 'Re: Lunch on Thursday?');
      await command(page, 'Reply');
      await page.locator('.composer .compose-text').waitFor();
    },
    leave: closeComposer,
  },
  {
    name: 'outbox',
    async show(page) {
      await page.evaluate(() => (location.hash = '#/outbox'));
      await page.locator('.page').waitFor();
    },
  },
  {
    name: 'bounce',
    async show(page) {
      await inbox(page);
      await row(page, 'Plans for the mast').click();
      await page.locator('.report').first().waitFor();
    },
  },
  {
    name: 'journey',
    async show(page) {
      await inbox(page);
      await openLetter(page, 'The mast has arrived');
      await command(page, 'What happened to this message');
      await page.locator('.journey').waitFor();
    },
    leave: closeDialog,
  },
];

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
/** 1280 by 1024 at 400 %. */
const ENLARGED = { width: 320, height: 256 };

/** Two hosts that know the way to each other. */
async function startTwo(t: TestContext): Promise<readonly [a: Webmail, b: Webmail]> {
  const b = await startWebmail(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const tables = `[queue]\nretry = ["1h"]\n${route('b.test', b.host.port('smtp'))}${route('c.test', 1)}`;
  const a = await startWebmail(t, { accounts: [ME], tables });
  await writeFile(b.host.config, configuration({ domains: ['b.test'], tables: route('a.test', a.host.port('smtp')) }));
  const { code, stderr } = await b.host.reload();
  assert.equal(code, 0, stderr);
  return [a, b];
}

const route = (domain: string, port: number): string =>
  `[[route]]\ndomain = "${domain}"\nhost = "127.0.0.1"\nport = ${port}\n`;

/** A mailbox with what comes from elsewhere in it: a letter with its way here, and one of ours that came back. */
async function startWorld(t: TestContext): Promise<Webmail> {
  const [a, b] = await startTwo(t);
  await fill(a, ME);
  const anna = await MailClient.logIn(a.host.port('web'), ME);
  await anna.send({ to: ['bbo@b.test'], subject: 'Plans for the mast', text: 'Here they are.' });
  await anna.send({ to: ['carla@c.test'], subject: 'Sails', text: 'Are they dry?' });
  const bob = await MailClient.logIn(b.host.port('web'), 'bob@b.test');
  await bob.send({ to: [ME], subject: 'The mast has arrived', text: 'It lies in the yard.\n\nBob' });
  await eventually('the letter and the report are there', async () => {
    const subjects = (await anna.list('inbox')).map((one) => one['subject'] as string);
    return subjects.some((one) => one === 'The mast has arrived') && subjects.length >= 11;
  });
  return a;
}

/** Those of which docs/ has pictures. */
const PICTURED: ReadonlySet<string> = new Set([
  'login',
  'reader',
  'thread',
  'search',
  'composer',
  'reply',
  'outbox',
  'bounce',
  'settings',
  'journey',
]);

async function judge(page: Page, view: string, theme: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  const say = (where: string, lines: readonly string[]): void => {
    wrong.push(...lines.map((line) => `${view}, ${theme}, ${where}: ${line}`));
  };
  say('wide', await seriousFindings(page));
  say('wide', await overflow(page));
  if (PICTURED.has(view)) await screenshot(page, `${view}-${theme}-wide`);
  await page.setViewportSize(NARROW);
  say('narrow', await seriousFindings(page));
  if (PICTURED.has(view)) await screenshot(page, `${view}-${theme}-narrow`);
  await page.setViewportSize(ENLARGED);
  say('at 400 %', await overflow(page));
  await page.setViewportSize(WIDE);
  return wrong;
}

test('each view, in both themes, wide and narrow', async (t) => {
  const web = await startWorld(t);
  for (const theme of ['light', 'dark'] as const) {
    await t.test(theme, async (t) => {
      const wrong: string[] = [];
      const tab = await openTab(t, web, theme, wrong);
      if (tab === undefined) return;
      for (const { name, show, leave } of VIEWS) {
        try {
          await show(tab.page, web);
          await settled(tab.page);
          wrong.push(...(await judge(tab.page, name, theme)));
          await leave?.(tab.page);
        } catch (error) {
          wrong.push(`${name}, ${theme}: ${String(error)}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }
});

/** Logged in, and the log-in itself judged on the way. */
async function openTab(
  t: TestContext,
  web: Webmail,
  theme: 'light' | 'dark',
  wrong: string[],
): Promise<Tab | undefined> {
  const tab = await chromium.open(t, {
    origins: [web.origin],
    look: { name: theme, theme, viewport: WIDE },
    reducedMotion: true,
  });
  if (tab === undefined) return undefined;
  await tab.page.goto(web.origin);
  await tab.page.locator('input[type=password]').waitFor();
  wrong.push(...(await judge(tab.page, 'login', theme)));
  await logIn(tab, ME);
  return tab;
}

/** Nothing moves and nothing is being loaded. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
}
