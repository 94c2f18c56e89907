/** The webmail in the hands of a test: hosts with letters in their mailboxes, and tabs that have logged in. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { type HostOptions, PASSWORD, type RunningHost, startHost } from '../program.ts';
import type { Chromium, Tab, TabOptions } from './browser.ts';
import { seed } from './seed.ts';

export interface Webmail {
  readonly host: RunningHost;
  readonly origin: string;
}

/** The built program. Start it in the outer test and open tabs in inner ones: a tab wants its host until it is closed. */
export async function startWebmail(t: TestContext, options: HostOptions): Promise<Webmail> {
  const host = await startHost(t, options);
  return { host, origin: originOf(host) };
}

const originOf = (host: RunningHost): string => `http://127.0.0.1:${host.port('web')}`;

/** With the letters of seed.ts, and `more` plain ones. */
export const fill = ({ origin }: Webmail, login: string, more = 0): Promise<void> =>
  seed(origin, login, PASSWORD, more);

/** Undefined where Chromium isn't installed. The tab may talk to this origin only. */
export async function openMailbox(
  t: TestContext,
  chromium: Chromium,
  { origin }: Webmail,
  login: string,
  options: TabOptions = {},
): Promise<Tab | undefined> {
  const tab = await chromium.open(t, { origins: [origin], ...options });
  if (tab === undefined) return undefined;
  await tab.page.goto(origin);
  await logIn(tab, login);
  return tab;
}

export async function logIn({ page, takeFaults }: Tab, login: string): Promise<void> {
  await page.locator('input[type=password]').waitFor();
  await page.locator('input').first().fill(login);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('.list h1').waitFor();
  // Whoever asks before anyone has logged in is told so: browsers write that down as an error.
  const others = takeFaults().filter(({ text }) => !/401 .*\/session\)/.test(text));
  assert.deepEqual(others, []);
}

export const row = (page: Page, subject: string) => page.getByRole('row').filter({ hasText: subject }).first();

/** Opens the conversation of the first row that says `subject`, and waits for its letter. */
export async function openLetter(page: Page, subject: string): Promise<void> {
  await row(page, subject).click();
  await page.locator('.conversation-head').filter({ hasText: subject }).waitFor();
  await page.locator('.message-foot').last().waitFor();
}

/** What makes one scroll sideways, or can't be reached, in words (WCAG 2.2, 1.4.10). Text that is cut with "…" is none. */
export function overflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth}`);
    const isClipped = (element: Element): boolean => {
      for (let one = element.parentElement; one !== null && one !== document.body; one = one.parentElement) {
        if (getComputedStyle(one).overflowX !== 'visible') return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const { left, right, width: own, height } = element.getBoundingClientRect();
      // What only screen readers are told is one dot.
      if (own <= 1 || height <= 1) continue;
      const name = `${element.tagName.toLowerCase()}.${element.className} “${(element.textContent ?? '').slice(0, 30)}”`;
      const scrolls = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
      // The source of a message is as wide as it was written.
      if (scrolls && element.scrollWidth > element.clientWidth + 1 && !element.matches('pre')) {
        found.push(`${name} scrolls sideways: ${element.scrollWidth} in ${element.clientWidth}`);
      }
      const isControl = element.matches('button, a, input, select, textarea');
      if ((isControl || !isClipped(element)) && (right > width + 1 || left < -1)) {
        found.push(`${name} from ${Math.round(left)} to ${Math.round(right)} of ${width}`);
      }
    }
    return found.slice(0, 10);
  });
}
