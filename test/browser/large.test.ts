/**
 * A mailbox with thousands of letters in a real browser: only what is in view is drawn, the last row is one key away, a
 * search says how much it found, and what is done with all of it is taken back exactly. bench/webmail.ts measures more.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { jmapClient } from '../jmap-client.ts';
import type { JmapClient } from '../jmap-client.ts';
import { configuration, eventually, PASSWORD, POSTHORN, run, scratch, startHost } from '../program.ts';
import type { Ran } from '../program.ts';
import { useChromium } from './browser.ts';
import { archiveAll, goToEnd, logIn, reloaded, rowsDrawn, searchFor, undo, watchFirstRows } from './large.ts';
import { COMMON, RARE, writeMany } from './many.ts';

const ALICE = 'alice@a.test';
const LETTERS = 5_000;
const MOST_ROWS = 80;

const chromium = useChromium();

/** A state directory with all the letters in it. */
async function filled(t: TestContext): Promise<string> {
  const state = await scratch(t);
  const config = join(state, 'config.toml');
  await writeFile(config, configuration());
  const cli = (args: readonly string[]): Promise<Ran> =>
    run(POSTHORN, [...args, '--config', config, '--state', state], { input: PASSWORD });
  await cli(['account', 'add', ALICE, '--password-stdin']);
  const mbox = join(state, 'many.mbox');
  await writeMany(mbox, LETTERS);
  const imported = await cli(['mail', 'import', ALICE, mbox]);
  assert.equal(imported.code, 0, imported.stderr);
  return state;
}

/** Where each letter lies, and its keywords. */
async function standings(client: JmapClient): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (let position = 0; ; position += 500) {
    const { ids } = await client.call('Email/query', { position, limit: 500 });
    if ((ids as string[]).length === 0) return all;
    const { list } = await client.call('Email/get', { ids, properties: ['id', 'mailboxIds', 'keywords'] });
    for (const { id, mailboxIds, keywords } of list as { id: string; mailboxIds: object; keywords: object }[])
      all.set(id, JSON.stringify([Object.keys(mailboxIds).toSorted(), Object.keys(keywords).toSorted()]));
  }
}

/** Every letter has been read for the search. */
const allRead = (client: JmapClient): Promise<unknown> =>
  eventually(
    'all letters are found by their words',
    async () => {
      const found = await client.call('Email/query', { filter: { text: COMMON }, calculateTotal: true, limit: 1 });
      return found['total'] === LETTERS && found['indexing'] === undefined;
    },
    120_000,
  );

test('5,000 letters: few rows, the last one with End, a search that counts, all archived and taken back', async (t) => {
  // The tab first: it is closed before the host is, or it would complain that its host is gone.
  const origins: string[] = [];
  const tab = await chromium.open(t, { origins });
  if (tab === undefined) return;
  const { page } = tab;
  const host = await startHost(t, { state: await filled(t), args: ['--only', 'web'] });
  const client = await jmapClient(host, ALICE);
  const origin = `http://127.0.0.1:${host.port('web')}`;
  origins.push(origin);
  await watchFirstRows(page);
  await page.goto(origin);
  await logIn(page, ALICE);
  // Whoever asks before anyone has logged in is told so: browsers write that down as an error.
  tab.takeFaults();
  await allRead(client);

  t.diagnostic(`first rows ${Math.round(await reloaded(page))} ms after the app was loaded`);
  assert.ok((await rowsDrawn(page)) <= MOST_ROWS);
  t.diagnostic(`last row ${Math.round(await goToEnd(page))} ms after End`);
  assert.ok((await rowsDrawn(page)) <= MOST_ROWS);

  t.diagnostic(`rare word: ${Math.round(await searchFor(page, RARE, /^50 /))} ms`);
  const before = await standings(client);
  assert.equal(before.size, LETTERS);
  t.diagnostic(`common word: ${Math.round(await searchFor(page, COMMON, /^5,000 /))} ms`);
  t.diagnostic(`archived in ${Math.round(await archiveAll(page, '5,000 messages archived.'))} ms`);
  const archived = await standings(client);
  const places = new Set([...archived.values()].map((one) => (JSON.parse(one) as [string[]])[0].join(' ')));
  assert.equal(places.size, 1, [...places].join(', '));
  t.diagnostic(`taken back in ${Math.round(await undo(page))} ms`);
  assert.deepEqual(await standings(client), before);
});
