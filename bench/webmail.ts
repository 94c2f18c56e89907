/**
 * A large mailbox from files to the browser: import and export with the memory they take, the reading of all letters, and
 * what a person waits for in the webmail. `node bench/webmail.ts [letters]`; needs chromium, and Linux for the memory.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { jmapClient } from '../test/jmap-client.ts';
import {
  archiveAll,
  goToEnd,
  logIn,
  reloaded,
  rowsDrawn,
  searchFor,
  undo,
  watchFirstRows,
} from '../test/browser/large.ts';
import { COMMON, MIDDLING, RARE, writeMany } from '../test/browser/many.ts';
import { findPeer } from '../test/peers/peers.ts';
import { configuration, eventually, PASSWORD, POSTHORN, run, startHost } from '../test/program.ts';
import type { RunningHost } from '../test/program.ts';

const letters = Number(process.argv[2] ?? 100_000);
const ALICE = 'alice@a.test';

const say = (what: string, value: string): void => {
  console.log(`${what.padEnd(58)} ${value}`);
};
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const milliseconds = (ms: number): string => `${ms.toFixed(0)} ms`;
const count = (n: number): string => n.toLocaleString('en');

async function timed<R>(what: string, work: () => Promise<R>): Promise<R> {
  const begun = performance.now();
  const result = await work();
  say(what, seconds(performance.now() - begun));
  return result;
}

/** Runs a command to its end and says what it took, and the most memory it had resident. */
async function measured(what: string, args: readonly string[]): Promise<void> {
  const begun = performance.now();
  const child = spawn(POSTHORN, args, { stdio: 'ignore' });
  let most = '';
  const watch = setInterval(() => {
    most = /VmHWM:\s+(\d+)/.exec(status(child.pid ?? 0))?.[1] ?? most;
  }, 200);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${what}: exit ${String(code)}`);
  say(what, `${seconds(performance.now() - begun)}, ${(Number(most) / 1024).toFixed(0)} MB`);
}

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

async function files(directory: string, base: readonly string[]): Promise<void> {
  const mbox = join(directory, 'many.mbox');
  await writeMany(mbox, letters);
  say('the mbox', `${((await stat(mbox)).size / 1e6).toFixed(0)} MB`);
  await measured('import of the mbox', ['mail', 'import', ALICE, mbox, ...base]);
  await measured('the same again: all are there', ['mail', 'import', ALICE, mbox, ...base]);
  await measured('export to one mbox', ['mail', 'export', ALICE, '--to', join(directory, 'all.mbox'), ...base]);
  await measured('export to a file each', ['mail', 'export', ALICE, '--to', join(directory, 'eml'), ...base]);
}

async function allRead(host: RunningHost): Promise<void> {
  const client = await jmapClient(host, ALICE);
  const ask = async (): Promise<boolean> => {
    const found = await client.call('Email/query', { filter: { text: COMMON }, calculateTotal: true, limit: 1 });
    return found['total'] === letters && found['indexing'] === undefined;
  };
  await timed('all letters are read', () => eventually('all letters are read', ask, 1_800_000));
  for (const text of [RARE, MIDDLING, COMMON, 'wa*', 'w*', `${COMMON} ${RARE}`]) {
    const took: number[] = [];
    for (let n = 0; n < 7; n++) {
      const begun = performance.now();
      await client.call('Email/query', { filter: { text }, calculateTotal: true, limit: 50, collapseThreads: true });
      took.push(performance.now() - begun);
    }
    say(`Email/query text ${JSON.stringify(text)}, threads once, with total`, milliseconds(took.toSorted((a, b) => a - b)[3] ?? 0)); // prettier-ignore
  }
}

async function browse(page: Page, origin: string): Promise<void> {
  await watchFirstRows(page);
  await page.goto(origin);
  await logIn(page, ALICE);
  const reloads: number[] = [];
  for (let n = 0; n < 7; n++) reloads.push(await reloaded(page));
  const [least, , , median, , , most] = reloads.toSorted((a, b) => a - b).map(milliseconds);
  say('first rows, after the app was loaded', `median ${median}, ${least} to ${most}`);
  say('rows drawn', String(await rowsDrawn(page)));
  say('End: the last row is there and has the focus', milliseconds(await goToEnd(page)));
  say('rows drawn', String(await rowsDrawn(page)));
  for (const [text, of] of [
    [RARE, 100],
    [COMMON, 1],
    [MIDDLING, 20],
  ] as const) {
    const found = count(Math.ceil(letters / of));
    const took = await searchFor(page, text, `${found} messages found`);
    say(`search for ${text} until it is said that ${found} are found`, milliseconds(took));
  }
  const some = count(Math.ceil(letters / 20));
  say(`all ${some} that were found archived`, seconds(await archiveAll(page, `${some} messages archived.`)));
  say('all taken back', seconds(await undo(page)));
}

const directory = await mkdtemp(join(tmpdir(), 'posthorn-bench-'));
const endings: (() => unknown)[] = [];
// What startHost wants of a test: somebody who ends what it began.
const t = { after: (fn: () => unknown) => endings.push(fn) } as unknown as TestContext;
try {
  say('load average', loadavg()[0]?.toFixed(1) ?? '');
  const config = join(directory, 'config.toml');
  await writeFile(config, configuration());
  const base = ['--config', config, '--state', directory];
  await run(POSTHORN, ['account', 'add', ALICE, '--password-stdin', ...base], { input: PASSWORD });
  await files(directory, base);
  const host = await startHost(t, { state: directory, args: ['--only', 'web'] });
  await allRead(host);
  const executablePath = findPeer('chromium');
  if (executablePath === undefined) throw new Error('there is no chromium here');
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  endings.push(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(120_000);
  await browse(page, `http://127.0.0.1:${host.port('web')}`);
  say('load average', loadavg()[0]?.toFixed(1) ?? '');
} finally {
  for (const end of endings.toReversed()) await end();
  await rm(directory, { recursive: true, force: true });
}
