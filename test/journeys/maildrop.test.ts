/**
 * A maildrop of 100,000 messages: the login, STAT, LIST and UIDL take well under a second each, RETR gives what was
 * listed, and the unique ids are the same after a restart and in a copy of the state directory.
 */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId, newTicket, silentLog, systemClock, thisProcess } from '../../src/base/index.ts';
import { openStore } from '../../src/store/index.ts';
import type { AcceptParams, Store } from '../../src/store/index.ts';
import { Conversation } from '../conversation.ts';
import { PASSWORD, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const COUNT = 100_000;
/** In ms; it takes a tenth of that on a machine of its own. */
const BOUND = 5_000;
/** Copies of one message; each begins with a line of its own. */
const COPIES = 100;

const ALICE = 'alice@a.test';
const TEXT = 'Received: from x\r\nSubject: one of many\r\n\r\n..\r\nbody\r\n';

function ownLine(n: number): string {
  return `X-Number: ${n}\r\n`;
}

/** Messages `from` to `from + COPIES - 1` of the maildrop. */
async function letter(store: Store, account: string, from: number): Promise<AcceptParams> {
  const writer = store.content.create();
  await writer.write(Buffer.from(TEXT));
  const id = newId(from);
  const message = { id, content: await writer.finish(), prefix: Buffer.alloc(0), mailFrom: 'x@x.test' } as const;
  return {
    message: { ...message, body: '7bit', smtputf8: false, receivedAt: from, source: 'smtp' },
    emails: Array.from({ length: COPIES }, (_, i) => ({
      id: `${id}-${i}`,
      account,
      n: i,
      mailbox: 'inbox',
      deliveryPrefix: Buffer.from(ownLine(from + i)),
      uidl: newTicket(),
      recipient: ALICE,
    })),
    deliveries: [],
    events: [],
  };
}

/** Put there by the store itself: through the door it would take minutes. */
async function fill(state: string): Promise<void> {
  const store = await openStore({ directory: state, log: silentLog, clock: systemClock, process: thisProcess() });
  try {
    const found = await store.read('accountAt', { local: 'alice', domain: 'a.test' });
    const account = found?.account.id ?? '';
    for (let n = 1; n <= COUNT; n += COPIES) await store.write('accept', await letter(store, account, n));
  } finally {
    await store.close();
  }
}

async function connect(t: TestContext, host: RunningHost): Promise<Conversation> {
  const pop = await Conversation.open(host.port('pop3'));
  t.after(() => {
    pop.close();
  });
  await pop.line();
  await pop.pop(`USER ${ALICE}`);
  return pop;
}

async function uidls(t: TestContext, host: RunningHost): Promise<readonly string[]> {
  const pop = await connect(t, host);
  assert.match(await pop.pop(`PASS ${PASSWORD}`), /^\+OK/);
  await pop.pop('UIDL');
  const lines = await pop.multiline();
  assert.match(await pop.pop('QUIT'), /^\+OK/);
  return lines;
}

test('a maildrop of 100,000 messages', { timeout: 120_000 }, async (t) => {
  const first = await startHost(t, { accounts: [ALICE] });
  await first.stop();
  await fill(first.state);
  const host = await startHost(t, { state: first.state });
  const timed = async <Result>(what: string, ask: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const answer = await ask();
    const took = performance.now() - start;
    t.diagnostic(`${what}: ${took.toFixed(0)} ms`);
    assert.ok(took < BOUND, `${what} took ${took.toFixed(0)} ms`);
    return answer;
  };

  const pop = await connect(t, host);
  assert.match(await timed('login', () => pop.pop(`PASS ${PASSWORD}`)), /^\+OK .* 100000 messages/);
  const stat = await timed('STAT', () => pop.pop('STAT'));
  const several = async (command: string): Promise<readonly string[]> => {
    assert.match(await pop.pop(command), /^\+OK/);
    return pop.multiline();
  };
  const list = await timed('LIST', () => several('LIST'));
  const names = await timed('UIDL', () => several('UIDL'));
  assert.equal(list.length, COUNT);
  assert.equal(new Set(names.map((line) => line.split(' ')[1])).size, COUNT);
  const octets = list.map((line) => Number(line.split(' ')[1]));
  assert.equal(stat, `+OK ${COUNT} ${octets.reduce((sum, size) => sum + size, 0)}`);

  const wanted = [1, COUNT / 2, ...Array.from({ length: 500 }, (_, i) => COUNT - i)];
  await timed('RETR of 502', async () => {
    pop.send(wanted.map((n) => `RETR ${n}\r\n`).join(''));
    for (const n of wanted) {
      assert.equal(await pop.line(), `+OK ${octets[n - 1]} octets`);
      const message = (await pop.multiline()).map((line) => `${line}\r\n`).join('');
      assert.equal(message.length, octets[n - 1]);
      assert.equal(message, ownLine(n) + TEXT);
    }
  });
  assert.match(await pop.pop('QUIT'), /^\+OK/);

  await host.stop();
  const again = await startHost(t, { state: first.state });
  assert.deepEqual(await uidls(t, again), names, 'after a restart');
  await again.stop();
  const copy = join(await scratch(t), 'copy');
  await cp(first.state, copy, { recursive: true });
  assert.deepEqual(await uidls(t, await startHost(t, { state: copy })), names, 'in a copy');
});
