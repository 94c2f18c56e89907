/**
 * A real browser in the hands of a test: Chromium, one for each test file, one context (its own
 * cookies and storage) for each tab a test opens. Nothing it asks for can leave the machine: names
 * and addresses that are not loopback don't resolve. Whatever goes wrong in a page (faults.ts) fails
 * the test that opened it, unless the test takes it as expected.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium as engine } from 'playwright-core';
import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { requirePeer } from '../peers/peers.ts';
import { type Fault, isLoopbackUrl, watchFaults } from './faults.ts';

/** Names below .test lead to this machine, everything else nowhere: an IP address that is written out too. */
const RESOLVER_RULES = 'MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE ::1';

/** Milliseconds: what a condition may take on a busy machine. */
const PATIENCE = 30_000;

export interface Look {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  readonly viewport: { readonly width: number; readonly height: number };
}

const WIDE = { width: 1280, height: 800 };
/** 320 CSS px wide: WCAG 2.2, 1.4.10 (the same as 1280 px at 400 %). */
const NARROW = { width: 320, height: 640 };

/** Both themes, wide and narrow. */
export const LOOKS: readonly Look[] = [
  { name: 'light-wide', theme: 'light', viewport: WIDE },
  { name: 'dark-wide', theme: 'dark', viewport: WIDE },
  { name: 'light-narrow', theme: 'light', viewport: NARROW },
  { name: 'dark-narrow', theme: 'dark', viewport: NARROW },
];

export interface TabOptions {
  readonly look?: Look;
  /** The origins a request may go to; without them any loopback address. A request elsewhere is a fault. */
  readonly origins?: readonly string[];
  readonly reducedMotion?: boolean;
  /** For what the test wants of Playwright itself: locale, time zone, permissions. */
  readonly context?: Parameters<Browser['newContext']>[0];
}

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly downloads: readonly Download[];
  /** Hands over what went wrong so far: a test that expects a fault takes it, what is left fails the test. */
  takeFaults(): readonly Fault[];
}

export interface Chromium {
  /** Undefined where Chromium isn't installed: then the test is skipped, and the caller returns. */
  open(t: TestContext, options?: TabOptions): Promise<Tab | undefined>;
}

/** Call it once at the top of a test file: the browser starts with the first tab and ends with the file. */
export function useChromium(): Chromium {
  let browser: Promise<Browser> | undefined;
  after(async () => {
    await (await browser)?.close();
  });
  return {
    async open(t, options = {}) {
      const executablePath = requirePeer(t, 'chromium');
      if (executablePath === undefined) return undefined;
      browser ??= launch(executablePath);
      return openTab(t, await browser, options);
    },
  };
}

function launch(executablePath: string): Promise<Browser> {
  return engine.launch({
    executablePath,
    // As root, where build machines run, Chromium has no sandbox of its own.
    args: [`--host-resolver-rules=${RESOLVER_RULES}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    timeout: 60_000,
  });
}

async function openTab(t: TestContext, browser: Browser, options: TabOptions): Promise<Tab> {
  const { look, origins } = options;
  const context = await browser.newContext({
    viewport: look?.viewport ?? WIDE,
    colorScheme: look?.theme ?? 'light',
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    ...options.context,
  });
  context.setDefaultTimeout(PATIENCE);
  const isOwn = origins === undefined ? isLoopbackUrl : (url: URL) => origins.includes(url.origin);
  const faults = watchFaults(context, isOwn);
  const downloads: Download[] = [];
  context.on('page', (page) => page.on('download', (download) => downloads.push(download)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults.splice(0), [], 'faults in the page that the test did not expect');
  });
  return { page: await context.newPage(), context, downloads, takeFaults: () => faults.splice(0) };
}

const SCREENS = fileURLToPath(new URL('../../docs/screens/', import.meta.url));

/** With UPDATE=1 writes docs/screens/<name>.png; does nothing otherwise, since fonts differ between machines. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE'] !== '1') return;
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
