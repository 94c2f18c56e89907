/** Many clients that send an octet now and then, to hold their connections open: what time they have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/index.ts';
import { FakeClock, settle } from '../../base/testing.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { Wire } from '../../net/index.ts';
import { serveSmtp } from './conversation.ts';
import { fakePolicy, TEST_SETTINGS } from './fake-policy.ts';
import type { FakePolicy } from './fake-policy.ts';

const MINUTE = 60_000;
/** Between two octets; less than any time-out. */
const NOW_AND_THEN = 20_000;

interface Slow {
  readonly client: Wire;
  readonly served: Promise<void>;
  /** When it was told 421, on the clock; undefined: it is still there. */
  endedAt: number | undefined;
}

interface Crowd {
  readonly clock: FakeClock;
  readonly policy: FakePolicy;
  readonly all: readonly Slow[];
}

/** Clients that have said `opening` and heard all of its answers. */
async function crowd(size: number, opening: string): Promise<Crowd> {
  const clock = new FakeClock();
  const policy = fakePolicy();
  const all = Array.from({ length: size }, () => {
    const { client, server } = memoryWirePair({ clock });
    const served = serveSmtp(server, { clock, policy, settings: TEST_SETTINGS, log: silentLog });
    const slow: Slow = { client, served, endedAt: undefined };
    void listen(slow, clock);
    return slow;
  });
  await settle();
  for (const { client } of all) client.write(opening);
  await Promise.all(all.map(({ client }) => client.flush()));
  await settle();
  return { clock, policy, all };
}

async function listen(slow: Slow, clock: FakeClock): Promise<void> {
  slow.client.timeout = 1e9;
  for (;;) {
    const line = await slow.client.readLine(1000).catch(() => undefined);
    if (line?.kind !== 'line') return;
    if (line.bytes.toString().startsWith('421 4.4.2 ')) slow.endedAt = clock.ticks();
  }
}

/** Octets from each of them until none is left, or it has taken `longest`; the ms that the last one stayed. */
async function drip({ clock, all }: Crowd, octet: string, longest: number): Promise<number> {
  const begun = clock.ticks();
  while (clock.ticks() - begun < longest && all.some(({ endedAt }) => endedAt === undefined)) {
    for (const { client, endedAt } of all) {
      if (endedAt !== undefined) continue;
      client.write(octet);
      client.flush().catch(() => undefined);
    }
    await clock.advance(NOW_AND_THEN);
    await settle();
  }
  return Math.max(...all.map(({ endedAt }) => (endedAt ?? Infinity) - begun));
}

async function over({ clock, policy, all }: Crowd): Promise<void> {
  await clock.advance(10_000);
  await Promise.all(all.map(({ served }) => served));
  assert.equal(clock.pending, 0, 'no timer is left behind');
  assert.equal(policy.closings, all.length);
  assert.equal(policy.opened, policy.ended, 'every sink is ended once');
  assert.equal(policy.taken.length, 0);
}

test('[5321-4.5.3.2.7-command-timeout] 200 clients that drip a command have five minutes for it, and no more', async () => {
  const slow = await crowd(200, 'EHLO client.example\r\n');
  const lasted = await drip(slow, 'x', 60 * MINUTE);
  assert.ok(lasted >= 5 * MINUTE && lasted <= 5 * MINUTE + NOW_AND_THEN, `${lasted} ms`);
  await over(slow);
});

test('[5321-4.5.3.2.5-data-timeout] 200 clients that drip a message have nine minutes, and a moment for each octet', async () => {
  const opening = 'EHLO client.example\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@b.test>\r\nDATA\r\n';
  const slow = await crowd(200, opening);
  assert.equal(slow.policy.opened, 200);
  const lasted = await drip(slow, 'x', 60 * MINUTE);
  assert.ok(lasted >= 9 * MINUTE && lasted <= 9 * MINUTE + NOW_AND_THEN, `${lasted} ms`);
  await over(slow);
});

test('[5321-4.5.3.2-session-timeout] a client that drips whole commands is ended with its session', async () => {
  const slow = await crowd(20, 'EHLO client.example\r\n');
  const lasted = await drip(slow, 'NOOP\r\n', 5 * 60 * MINUTE);
  assert.ok(lasted >= 60 * MINUTE - NOW_AND_THEN && lasted <= 60 * MINUTE + NOW_AND_THEN, `${lasted} ms`);
  await over(slow);
});
