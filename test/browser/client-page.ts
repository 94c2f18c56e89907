/** The page of `posthorn client` in the hands of a test: the way into it, an account set up, letters written and read. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { startZoneServer } from '../../src/dns/testing.ts';
import { startClient, wayIn } from '../client.ts';
import type { RunningClient } from '../client.ts';
import { scratch } from '../program.ts';
import { assertAccessible } from './axe.ts';
import type { Chromium, Tab, TabOptions } from './browser.ts';
import { overflow } from './webmail.ts';

/** Tabs that are gone before their program is: what they say of its end is no fault. Called first. */
export function closesFirst(t: TestContext): Tab[] {
  const tabs: Tab[] = [];
  t.after(async () => {
    for (const tab of tabs) await tab.context.close();
  });
  return tabs;
}

/** Opened by the address that the program gives, once. Nothing may go to another origin. */
export async function openClient(
  t: TestContext,
  { chromium, client, closing }: { readonly chromium: Chromium; readonly client: RunningClient; readonly closing: Tab[] }, // prettier-ignore
  options: TabOptions = {},
): Promise<Tab | undefined> {
  const tab = await chromium.open(t, { origins: [client.origin], ...options });
  if (tab === undefined) return undefined;
  closing.push(tab);
  await tab.page.goto(`${client.origin}${await wayIn(client.port, client.state)}`);
  return tab;
}

/** The ports of a provider on this machine that its domain names (RFC 6186, RFC 8314). */
export interface NamedServers {
  readonly domain: string;
  readonly pop3s: number;
  readonly submissions?: number;
  readonly submission?: number;
}

/** A client that asks a name service of the test's own, which names these servers and nothing else. */
export async function startClientThatFinds(t: TestContext, named: readonly NamedServers[]): Promise<RunningClient> {
  const at = (port: number | undefined) => (port === undefined ? {} : { srv: [[10, 1, port, 'localhost']] });
  const zone = named.flatMap(({ domain, pop3s, submissions, submission }) => [
    [`_pop3s._tcp.${domain}`, at(pop3s)],
    [`_submissions._tcp.${domain}`, at(submissions)],
    [`_submission._tcp.${domain}`, at(submission)],
  ]);
  const dns = await startZoneServer(Object.fromEntries(zone) as never);
  t.after(() => dns.close());
  const config = join(await scratch(t), 'config.toml');
  await writeFile(config, `[dns]\nservers = ["${dns.server}"]\n`);
  return startClient(t, { args: ['--config', config] });
}

/** The way out is what has focus: Enter goes back, and nothing is trusted. */
export async function goesBackByDefault(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the certificate' }).first().click();
  const back = page.getByRole('button', { name: 'Go back' });
  await back.waitFor();
  assert.equal(await back.evaluate((button) => button === document.activeElement), true);
  assert.match(await page.locator('.fingerprint').innerText(), /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Answers the first question that stands on the page. */
export async function trustOnPurpose(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the certificate' }).first().click();
  await page.getByRole('button', { name: 'Trust exactly this one' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/**
 * Sets an account up as a person does: address and password, the ladder, every value to be changed, the question of who
 * answers, both servers tried, and only then kept.
 * @param login where it is not the address
 */
export async function setUp(
  page: Page,
  { name, address, password, login }: { readonly name: string; readonly address: string; readonly password: string; readonly login?: string }, // prettier-ignore
): Promise<void> {
  await page.evaluate(() => (location.hash = '#/accounts/new'));
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(address);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Find the servers' }).click();
  await page.getByText('It names localhost.').waitFor();
  const add = page.getByRole('button', { name: 'Test and add' });
  await add.waitFor();
  assert.equal(await page.locator('.ladder li').count(), 6, 'each rung is shown');
  if (login !== undefined)
    for (const field of await page.getByRole('textbox', { name: 'Login name' }).all()) await field.fill(login);
  await add.click();
  await page.getByRole('heading', { name: /can’t prove that it is localhost/ }).nth(1).waitFor(); // prettier-ignore
  await goesBackByDefault(page);
  await trustOnPurpose(page);
  await page.getByRole('button', { name: 'Look at the certificate' }).nth(1).waitFor({ state: 'detached' });
  await trustOnPurpose(page);
  await page.getByText(`${address} is here. Its mail is being collected.`).first().waitFor();
  await page.locator('.list').waitFor();
}

export const body = (page: Page) => page.getByRole('textbox', { name: 'Text of the message' });

/** What is sent goes at once, and not after the seconds in which it can be taken back. */
export async function withoutUndo(page: Page): Promise<void> {
  await page.evaluate(() => {
    localStorage.setItem('posthorn.writing', JSON.stringify({ undoSeconds: 0 }));
  });
  await page.reload();
  await page.waitForSelector('.write-button button', { state: 'attached' });
}

export async function openRow(page: Page, subject: string): Promise<void> {
  await page
    .getByRole('row', { name: new RegExp(subject) })
    .first()
    .click();
  await page.getByRole('heading', { name: subject }).first().waitFor();
}

export async function checkNow(page: Page, address: string): Promise<void> {
  await page.getByRole('button', { name: 'Accounts' }).click();
  await page.getByRole('button', { name: `Open ${address}` }).click();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
}

export async function writeLetter(
  page: Page,
  { to, subject, text }: { readonly to: string; readonly subject: string; readonly text: string },
): Promise<void> {
  await page.keyboard.press('c');
  await page.getByRole('combobox', { name: 'To', exact: true }).waitFor();
  await page.keyboard.type(`${to},`);
  await page.getByRole('textbox', { name: 'Subject' }).focus();
  await page.keyboard.type(subject);
  await body(page).focus();
  await page.keyboard.type(text);
  await savedAndSent(page);
}

/** To the letter that is open. */
export async function replyWithFile(page: Page, text: string, file: string): Promise<void> {
  await page.keyboard.press('r');
  await body(page).waitFor();
  await page.keyboard.type(text);
  const content = { name: file, mimeType: 'application/pdf', buffer: Buffer.alloc(60_000, 37) };
  await page.setInputFiles('[data-attach]', content);
  await page.getByText(file).waitFor();
  await savedAndSent(page);
}

async function savedAndSent(page: Page): Promise<void> {
  await page.getByText(/^Saved /).first().waitFor(); // prettier-ignore
  await page.keyboard.press('Control+Enter');
  await page.locator('.composer').waitFor({ state: 'detached' });
}

const WIDE = { width: 1280, height: 800 };
const TELEPHONE = { width: 360, height: 740 };
/** 320 CSS px wide: WCAG 2.2, 1.4.10. */
const NARROWEST = { width: 320, height: 640 };

/**
 * On a telephone's width, light and dark, nothing that bars people; and nothing that scrolls sideways. For a tab without
 * movement, left as wide as tabs are, in light.
 */
export async function looksRight(page: Page, state: string): Promise<void> {
  await page.setViewportSize(TELEPHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  // The rest of what axe looks at is the same in each theme.
  await assertAccessible(page, ['color-contrast']);
  for (const size of [TELEPHONE, NARROWEST, WIDE]) {
    await page.setViewportSize(size);
    assert.deepEqual(await overflow(page), [], `${state}, ${size.width} px wide`);
  }
}
