/** What the test and the bench of large mailboxes do with the webmail. */
import type { Page } from 'playwright-core';
import { PASSWORD } from '../program.ts';

/** Milliseconds from when the app was loaded until its first rows stood; kept by the page itself. */
interface Watched {
  firstRows?: number;
}

/** To be called before the page is opened. */
export async function watchFirstRows(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as Watched;
    new MutationObserver((_, observer) => {
      if (document.querySelector('[role=row]:not([aria-label="Loading"])') === null) return;
      watched.firstRows = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true, attributes: true });
  });
}

export async function logIn(page: Page, login: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('[role=row]:not([aria-label="Loading"])').first().waitFor();
}

/** Reloads the page; milliseconds from when its scripts had run until the first rows stood. */
export async function reloaded(page: Page): Promise<number> {
  await page.reload();
  await page.waitForFunction(() => (globalThis as unknown as Watched).firstRows !== undefined);
  return page.evaluate(() => {
    const [loaded] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return ((globalThis as unknown as Watched).firstRows ?? 0) - (loaded?.domContentLoadedEventEnd ?? 0);
  });
}

export const rowsDrawn = (page: Page): Promise<number> => page.locator('[role=row]').count();

/** With the key End; milliseconds until the last row has the focus and is there. */
export async function goToEnd(page: Page): Promise<number> {
  await page.locator('[role=row][tabindex="0"]').focus();
  const begun = performance.now();
  await page.keyboard.press('End');
  await page.waitForFunction(() => {
    const row = document.activeElement;
    const last = document.querySelector('[role=grid]')?.getAttribute('aria-rowcount');
    return row?.getAttribute('aria-rowindex') === last && row?.getAttribute('aria-label') !== 'Loading';
  });
  return performance.now() - begun;
}

/** Milliseconds until the live region says how many were found. */
export async function searchFor(page: Page, text: string, says: string | RegExp): Promise<number> {
  await page.getByRole('combobox').fill(text);
  const begun = performance.now();
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: says }).first().waitFor();
  return performance.now() - begun;
}

/** All that the list has, and the key `e`; milliseconds until it is said that it is done. */
export async function archiveAll(page: Page, says: string): Promise<number> {
  await page.locator('[role=row][tabindex="0"]').focus();
  await page.keyboard.press('Control+a');
  const begun = performance.now();
  await page.keyboard.press('e');
  await page.getByText(says).first().waitFor({ timeout: 120_000 });
  return performance.now() - begun;
}

export async function undo(page: Page): Promise<number> {
  const begun = performance.now();
  await page.keyboard.press('z');
  await page.getByText('Undone.').first().waitFor({ timeout: 120_000 });
  return performance.now() - begun;
}
