/** Asks axe-core, inside the page, what bars people who use it by keyboard, screen reader or with poor sight. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type AxeCore from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
let source: Promise<string> | undefined;

declare global {
  interface Window {
    readonly axe: typeof AxeCore;
  }
}

/**
 * Findings of axe that count as serious or critical, one line each with the first elements it means.
 * @param only these rules; without them all
 */
export async function seriousFindings(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  source ??= readFile(SOURCE, 'utf8');
  // Through the debugger: the page's own policy has no say in it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source);
  const found = await page.evaluate(async (rules) => {
    // What a letter brings along in its frame is not ours to mend.
    const { violations } = await window.axe.run(document, {
      iframes: false,
      resultTypes: ['violations'],
      ...(rules === undefined ? {} : { runOnly: [...rules] }),
    });
    return violations.map(({ id, impact, help, nodes }) => ({
      impact,
      line: `${id}: ${help}: ${nodes
        .map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`)
        .slice(0, 3)
        .join(' | ')}`,
    }));
  }, only);
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ line }) => line);
}

export async function assertAccessible(page: Page, only?: readonly string[]): Promise<void> {
  assert.deepEqual(await seriousFindings(page, only), []);
}
