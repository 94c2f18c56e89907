/**
 * How long the questions of a mail reader take in an account with many emails: the newest of the Inbox, with and without
 * threads, a deep page, words rare and common, and the change of 1,000 at once. `node bench/mail.ts [emails]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTicket, silentLog, systemClock, thisProcess } from '../src/base/index.ts';
import { openStore } from '../src/store/index.ts';
import type { EmailCard, EmailQuery, Store } from '../src/store/index.ts';

const emails = Number(process.argv[2] ?? 100_000);
const account = 'bob';
const ids: string[] = [];

/** The n-th word of a vocabulary in which some are in every letter and most in few. */
function word(seed: number): string {
  const rank = Math.floor(20_000 ** (((seed * 2_654_435_761) % 4_294_967_296) / 4_294_967_296));
  return `w${rank.toString(36)}x`;
}

async function fill(store: Store): Promise<void> {
  const [inbox = 0] = (await store.read('listMailboxes', { account })).map(({ id }) => id);
  const writer = store.content.create();
  await writer.write(Buffer.from('Subject: x\r\n\r\nx\r\n'));
  const content = await writer.finish();
  const one = async (n: number): Promise<void> => {
    const id = newId(n);
    ids[n] = id;
    const names = [`<${String(n)}@a>`, `<${String(n - (n % 4))}@a>`];
    await store.write('append', {
      account,
      message: {
        id: newId(n),
        content,
        prefix: Buffer.alloc(0),
        mailFrom: '',
        threadIds: names,
        body: '7bit',
        smtputf8: false,
        receivedAt: n,
        source: 'composed',
      },
      email: {
        id,
        uidl: newTicket(),
        mailboxes: [inbox],
        keywords: n % 3 === 0 ? [] : ['$seen'],
        receivedAt: n * 60_000,
      },
    });
  };
  for (let n = 0; n < emails; n += 400)
    await Promise.all(Array.from({ length: Math.min(400, emails - n) }, (_, i) => one(n + i)));
}

function card(n: number): EmailCard {
  const words = Array.from({ length: 200 }, (_, i) => word(n * 200 + i)).join(' ');
  const [subject, from] = [`${word(n)} ${word(n + 7)}`, `sender${String(n % 500)}@a.test`];
  const header = `subject: ${subject}\nfrom: ${from}`;
  return {
    email: ids[n] ?? '',
    card: JSON.stringify({ subject, from, preview: words.slice(0, 250) }),
    words: { subject, from, to: 'bob@b.test', cc: '', bcc: '', body: words, attachments: '', header },
    sort: { subject, from, to: 'bob@b.test', hasAttachment: n % 10 === 0 },
  };
}

async function read(store: Store): Promise<void> {
  for (let n = 0; n < emails; n += 20)
    await store.write('putCards', { cards: Array.from({ length: Math.min(20, emails - n) }, (_, i) => card(n + i)) });
}

async function timed<R>(what: string, work: () => Promise<R>, times = 9): Promise<R> {
  const took: number[] = [];
  let last = await work();
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    last = await work();
    took.push(performance.now() - begun);
  }
  took.sort((a, b) => a - b);
  const [least, median, most] = [took[0], took[took.length >> 1], took.at(-1)].map((ms = 0) => ms.toFixed(1));
  console.log(`${what.padEnd(56)} median ${median} ms, ${least} to ${most}`);
  return last;
}

async function ask(store: Store, what: string, query: Partial<EmailQuery>): Promise<void> {
  const base = { account, sort: [], collapseThreads: false, position: 0, limit: 100, calculateTotal: false };
  const found = await timed(what, () => store.read('queryEmails', { ...base, ...query }));
  if (found !== 'no-anchor' && found.total !== undefined) console.log(`${''.padEnd(56)} of ${String(found.total)}`);
}

async function questions(store: Store): Promise<void> {
  const [inbox = 0] = (await store.read('listMailboxes', { account })).map(({ id }) => id);
  const filter = { inMailbox: inbox };
  await timed('listMailboxes', () => store.read('listMailboxes', { account }));
  await ask(store, 'newest 100 of the Inbox', { filter, calculateTotal: true });
  await ask(store, 'the same, threads once', { filter, collapseThreads: true, calculateTotal: true });
  await ask(store, '100 from 90%', { filter, position: Math.floor(emails * 0.9) });
  await ask(store, 'threads once, from 90% of them', {
    filter,
    collapseThreads: true,
    position: Math.floor(emails * 0.22),
  });
  await ask(store, 'unread in the Inbox', { filter: { ...filter, notKeyword: '$seen' } });
  await ask(store, 'the same, threads once, with total', {
    filter: { ...filter, notKeyword: '$seen' },
    collapseThreads: true,
    calculateTotal: true,
  });
  await ask(store, 'newest 100 of all mail, threads once', { collapseThreads: true });
  await ask(store, 'by subject', { filter, sort: [{ property: 'subject', isAscending: true }] });
  for (const [kind, text] of [
    ['rare', 'wazzx'],
    ['middling', 'w5kx'],
    ['common', 'w1x'],
    ['beginning', 'w1*'],
    ['two words', 'w1x w2x'],
    ['phrase', '"w1x w1x"'],
  ] as const) {
    await ask(store, `${kind} word, newest 50`, { filter: { text }, limit: 50 });
    await ask(store, `${kind} word, newest 50, with total`, { filter: { text }, limit: 50, calculateTotal: true });
  }
  await ask(store, 'common word, threads once, with total', {
    filter: { text: 'w1x' },
    limit: 50,
    collapseThreads: true,
    calculateTotal: true,
  });
}

async function changes(store: Store): Promise<void> {
  const [inbox = 0, , , archive = 0] = (await store.read('listMailboxes', { account })).map(({ id }) => id);
  let n = 0;
  // 200: what JMAP puts into one commit.
  for (const many of [200, 1_000]) {
    const some = ids.slice(0, many);
    const change = (what: object): Promise<unknown> =>
      store.write('changeEmails', { account, changes: some.map((email) => ({ email, ...what })), destroy: [], at: 1 });
    const keyword = (name: string): object =>
      n++ % 2 === 0 ? { keywords: { add: [name], remove: [] } } : { keywords: { add: [], remove: [name] } };
    const what = `${many.toLocaleString('en')} emails`;
    await timed(`${what}: $flagged on or off`, () => change(keyword('$flagged')));
    await timed(`${what}: $seen on or off`, () => change(keyword('$seen')));
    await timed(`${what}: to the Archive or back`, () =>
      change({ mailboxes: { is: [n++ % 2 === 0 ? archive : inbox] } }),
    );
  }
  let at = 1_000;
  await timed(
    '1,000 emails: destroyed',
    () => store.write('changeEmails', { account, changes: [], destroy: ids.slice(at, (at += 1_000)), at: 1 }),
    4,
  );
}

const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'));
const store = await openStore({ directory, log: silentLog, clock: systemClock, process: thisProcess() });
try {
  await store.write('addAccount', { id: account, local: 'bob', domain: 'b.test', credentials: [], at: Date.now() });
  for (const [what, work] of [
    ['filing', fill],
    ['reading', read],
  ] as const) {
    const begun = performance.now();
    await work(store);
    console.log(`${what} ${String(emails)}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
  await questions(store);
  await changes(store);
} finally {
  await store.close();
  rmSync(directory, { recursive: true });
}
