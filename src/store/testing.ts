/** A store for tests of any room, and messages to put into it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTicket, silentLog, thisProcess } from '../base/index.ts';
import type { ProcessIdentity } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import { openStore } from './sqlite/store.ts';
import type { StoreOptions } from './sqlite/store.ts';
import type { ContentRef } from './content.ts';
import type { AcceptParams, NewDelivery, NewEmail, NewMessage } from './message.ts';
import type { Claim } from './queue.ts';
import type { Store } from './store.ts';

/** What of node:test's context is used. */
interface Context {
  after(fn: () => Promise<void>): void;
}

/** Stores opened on a directory are closed before it is removed: hooks run in the order they were set. */
const opened = new Map<string, Set<Store>>();

/** Removed after the test, once the stores that {@link temporaryStore} opened there are closed. */
export async function temporaryDirectory(t: Context): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'posthorn-store-'));
  opened.set(directory, new Set());
  t.after(async () => {
    for (const store of opened.get(directory) ?? []) await store.close();
    opened.delete(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Opened in a directory of its own, closed and removed after the test. Its clock stands still unless one is given: no timers run. */
export async function temporaryStore(t: Context, options: Partial<StoreOptions> = {}): Promise<Store> {
  const directory = options.directory ?? (await temporaryDirectory(t));
  const store = await openStore({
    log: silentLog,
    clock: new FakeClock(),
    process: thisProcess(),
    ...options,
    directory,
  });
  const above = [...opened.keys()].find((one) => directory.startsWith(one));
  if (above === undefined) t.after(() => store.close());
  else opened.get(above)?.add(store);
  return store;
}

export async function contentOf(store: Store, octets: string | Uint8Array): Promise<ContentRef> {
  const writer = store.content.create();
  await writer.write(Buffer.from(octets));
  return writer.finish();
}

export async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

const AT = Date.UTC(2026, 0, 1);

export function newMessage(content: ContentRef, changes: Partial<NewMessage> = {}): NewMessage {
  return {
    id: newId(AT),
    content,
    prefix: Buffer.from('Received: from test\r\n'),
    mailFrom: 'sender@a.test',
    body: '7bit',
    smtputf8: false,
    receivedAt: AT,
    source: 'smtp',
    ...changes,
  };
}

export function newEmail(account: string, changes: Partial<NewEmail> = {}): NewEmail {
  return {
    id: newId(AT),
    account,
    n: 1,
    mailbox: 'inbox',
    deliveryPrefix: Buffer.from('Return-Path: <sender@a.test>\r\n'),
    uidl: newTicket(),
    recipient: 'bob@b.test',
    ...changes,
  };
}

export function newDelivery(changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    n: 1,
    recipient: 'carol@c.test',
    destination: 'c.test',
    state: 'waiting',
    nextAt: AT,
    onUnsure: 'retry',
    onFailure: 'report',
    ...changes,
  };
}

/** A message of a few octets for one account, ready for `accept`. */
export async function messageParams(
  store: Store,
  account: string,
  octets = 'Subject: hello\r\n\r\nHello\r\n',
): Promise<AcceptParams> {
  return {
    message: newMessage(await contentOf(store, octets)),
    emails: [newEmail(account)],
    deliveries: [],
    events: [],
  };
}

/** An account with no password; its id. */
export async function addAccount(store: Store, local = 'bob', domain = 'b.test'): Promise<string> {
  const id = `${local}-${randomBytes(6).toString('hex')}`;
  await store.write('addAccount', { id, local, domain, credentials: [], at: AT });
  return id;
}

/** Waits until something that happens behind the scenes has happened; fails after about 5 s. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export interface ClaimReady {
  readonly now: number;
  readonly token?: string;
  readonly process?: ProcessIdentity;
  readonly retryAt?: readonly number[];
  /** Claims from each destination; default 10. */
  readonly each?: number;
}

/** Claims what is due, as a runner does: it looks what is ready, and takes it. */
export async function claimReady(
  store: Store,
  { now, token = 'run', process = thisProcess(), retryAt = [now + 60, now + 300], each = 10 }: ClaimReady,
): Promise<readonly Claim[]> {
  const ready = await store.read('readyDestinations', { now, limit: 100 });
  const from = ready.map(({ destination }) => ({ destination, claims: each }));
  return await store.write('claimDue', { token, process, dueBy: now, retryAt, from });
}
