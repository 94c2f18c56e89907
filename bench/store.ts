/**
 * How many messages a second the store makes durable: accept of a 2 KB message for one mailbox with
 * three journey events, every other one the answer to another, at 1, 20 and 100 at a time. `node bench/store.ts [seconds]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTicket, silentLog, systemClock, thisProcess } from '../src/base/index.ts';
import { openStore } from '../src/store/index.ts';
import type { AcceptParams, NewEvent, Store } from '../src/store/index.ts';

const seconds = Number(process.argv[2] ?? 3);
const body = Buffer.from(
  `Subject: bench\r\nMessage-ID: <x@a.test>\r\n\r\n${'0123456789'.repeat(7)}\r\n`.padEnd(2046, 'x') + '\r\n',
);
const prefix = Buffer.from(
  'Received: from client.a.test (client.a.test [192.0.2.1]) by mx.b.test with ESMTPS id x; Thu, 1 Jan 2026 00:00:00 +0000\r\n',
);

/** The one before: every other message answers it. */
let last = '';

async function params(store: Store, account: string): Promise<AcceptParams> {
  const now = Date.now();
  const messageId = `<${newTicket()}@a.test>`;
  const answered = last === '' ? [] : [last];
  last = last === '' ? messageId : '';
  const id = newId(now);
  const writer = store.content.create();
  await writer.write(body);
  const content = await writer.finish();
  const uidl = newTicket();
  const reply = { code: 250, enhanced: '2.0.0', text: id };
  const hop = {
    client: { name: 'client.a.test', ip: '192.0.2.1', port: 4711 },
    server: { name: 'mx.b.test', ip: '192.0.2.2', port: 25 },
  };
  const events: NewEvent[] = [
    {
      message: id,
      at: now,
      facts: {
        kind: 'received',
        service: 'smtp',
        ...hop,
        protocol: 'ESMTP',
        sessionId: id,
        mailFrom: 'a@a.test',
        octets: body.length,
        connectedAt: now,
        startedAt: now,
        endedAt: now,
        reply,
      },
    },
    {
      message: id,
      n: 1,
      at: now,
      facts: { kind: 'routed', recipient: 'bob@b.test', rule: 'account', decision: 'file' },
    },
    {
      message: id,
      n: 1,
      account,
      at: now,
      facts: { kind: 'filed', recipient: 'bob@b.test', account, mailbox: 'inbox', uidl },
    },
  ];
  return {
    message: {
      id,
      content,
      prefix,
      mailFrom: 'a@a.test',
      messageId,
      threadIds: [messageId, ...answered],
      body: '7bit',
      smtputf8: false,
      receivedAt: now,
      source: 'smtp',
    },
    emails: [
      {
        id: newId(now),
        account,
        n: 1,
        mailbox: 'inbox',
        deliveryPrefix: Buffer.from('Return-Path: <a@a.test>\r\nDelivered-To: bob@b.test\r\n'),
        uidl,
        recipient: 'bob@b.test',
      },
    ],
    deliveries: [],
    events,
  };
}

async function measure(store: Store, account: string, concurrency: number): Promise<void> {
  const waits: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now();
      await store.write('accept', await params(store, account));
      waits.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  const rate = waits.length / ((performance.now() - start) / 1000);
  waits.sort((a, b) => a - b);
  const at = (part: number): string => (waits[Math.floor(waits.length * part)] ?? 0).toFixed(2);
  console.log(
    `${String(concurrency).padStart(4)} at a time: ${rate.toFixed(0).padStart(6)}/s   median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.99999)} ms`,
  );
}

const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'));
const store = await openStore({ directory, log: silentLog, clock: systemClock, process: thisProcess() });
try {
  await store.write('addAccount', { id: 'bob', local: 'bob', domain: 'b.test', credentials: [], at: Date.now() });
  for (const concurrency of [1, 20, 100]) await measure(store, 'bob', concurrency);
} finally {
  await store.close();
  rmSync(directory, { recursive: true });
}
