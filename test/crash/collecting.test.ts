/**
 * Collecting, with the program killed and the line cut at random points: each message is here once, none is lost, and
 * none is deleted at the provider before it is here. A longer run, which can be had again:
 *   COLLECT_ROUNDS=200 CRASH_SEED=4711 node --test test/crash/collecting.test.ts
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startClient } from '../client.ts';
import type { Page, RunningClient } from '../client.ts';
import { sendMail } from '../conversation.ts';
import { eventually, PASSWORD, pause, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { startDovecotPop3 } from '../peers/dovecot-pop3.ts';
import { requirePeer } from '../peers/peers.ts';
import { Random } from './random.ts';

const ROUNDS = Number(process.env['COLLECT_ROUNDS'] ?? 20);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const PER_ROUND = 3;

interface Provider {
  readonly pop3: number;
  readonly smtp: RunningHost;
  readonly user: string;
  readonly password: string;
  readonly certificate: string;
  deliver(text: string): Promise<void>;
  /** How many lie there. */
  left(): Promise<number>;
}

/** Cuts lines behind so many octets from the provider. */
interface Cutter {
  readonly port: number;
  /** Of the next lines; Infinity: none is cut. */
  after: number;
}

async function cutter(t: TestContext, to: number): Promise<Cutter> {
  const open = new Set<Socket>();
  const cuts = { port: 0, after: Infinity };
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    let left = cuts.after;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) near.destroy();
      else near.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cuts.port = (server.address() as AddressInfo).port;
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return cuts;
}

async function ourHost(t: TestContext): Promise<Provider> {
  const host = await startHost(t, { accounts: ['bob@a.test'] });
  return {
    pop3: host.port('pop3', 'implicit'),
    smtp: host,
    user: 'bob@a.test',
    password: PASSWORD,
    certificate: host.certificate,
    async deliver(text) {
      const answer = await sendMail(host.port('smtp'), { from: 'carol@c.test', to: ['bob@a.test'], text });
      assert.match(answer, /^250 /);
    },
    async left() {
      const { stdout } = await host.cli(['account', 'show', 'bob@a.test', '--json']);
      return (JSON.parse(stdout) as { usedMessages: number }).usedMessages;
    },
  };
}

async function dovecot(t: TestContext): Promise<Provider> {
  const smtp = await startHost(t, { accounts: ['bob@a.test'] });
  const store = await startDovecotPop3(t, 'bob', PASSWORD);
  return { ...store, smtp, user: 'bob', password: PASSWORD };
}

async function subjects(page: Page): Promise<readonly string[]> {
  const { ids } = await page.call('Email/query', {});
  const all: string[] = [];
  for (let at = 0; at < (ids as string[]).length; at += 200) {
    const slice = (ids as string[]).slice(at, at + 200);
    const { list } = await page.call('Email/get', { ids: slice, properties: ['subject'] });
    all.push(...(list as { subject: string }[]).map(({ subject }) => subject));
  }
  return all;
}

async function settled(page: Page): Promise<string> {
  return eventually('the visit ends', async () => {
    const { list } = await page.call('Remote/get', { ids: null });
    const [remote] = list as { visiting: object | null; standing: { kind: string } }[];
    return remote?.visiting === null && remote.standing.kind;
  });
}

async function ordeal(t: TestContext, provider: Provider, rounds: number): Promise<void> {
  const random = new Random(SEED);
  t.diagnostic(`CRASH_SEED=${SEED}, ${rounds} rounds`);
  const line = await cutter(t, provider.pop3);
  let client: RunningClient = await startClient(t);
  let page = await client.logIn();
  const servers = ['--pop3', `pop3s://localhost:${line.port}`, '--smtp', `smtps://localhost:${provider.smtp.port('submission', 'implicit')}`]; // prettier-ignore
  const how = ['--login', provider.user, '--ca', provider.certificate, '--leave', '0', '--untried', '--password-stdin'];
  const added = await client.cli(['remote', 'add', 'bob@a.test', ...servers, ...how], { input: provider.password });
  assert.equal(added.code, 0, added.stderr);
  const { list } = await page.call('Remote/get', { ids: null });
  const id = (list as { id: string }[])[0]?.id ?? '';
  const sent: string[] = [];
  let [broken, killed, cut] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    await settled(page);
    for (let i = 0; i < PER_ROUND; i++) {
      const subject = `round ${round} letter ${i}`;
      const size = random.between(1, 4_000) * (random.chance(0.2) ? 20 : 1);
      await provider.deliver(`Subject: ${subject}\nMessage-ID: <${round}.${i}@c.test>\n\n${'text of a letter\n'.repeat(Math.ceil(size / 17))}`); // prettier-ignore
      sent.push(subject);
    }
    const kills = random.chance(0.5);
    line.after = kills ? Infinity : random.between(1_000, 30_000);
    if (!kills) cut++;
    await page.call('Remote/check', { id });
    if (kills) {
      await pause(random.between(0, 250));
      await client.kill();
      killed++;
      client = await startClient(t, { state: client.state });
      page = await client.logIn();
    } else if ((await settled(page)) === 'trouble') broken++;
    line.after = Infinity;
    // Nothing is deleted there that is not here.
    const [here, there] = [new Set(await subjects(page)).size, await provider.left()];
    assert.ok(here + there >= sent.length, `round ${round}: ${here} here and ${there} there of ${sent.length}`);
  }
  await settled(page);
  await page.call('Remote/check', { id });
  await eventually('all of it is here, and nothing there', async () => {
    if ((await settled(page)) === 'done' && (await provider.left()) === 0) return true;
    await page.call('Remote/check', { id });
    return false;
  });
  assert.deepEqual([...(await subjects(page))].sort(), [...sent].sort(), 'each once');
  t.diagnostic(`${sent.length} messages; killed ${killed} times; ${broken} visits cut off of ${cut} that could be`);
  assert.ok(broken > 0 || rounds < 10, 'lines were cut, and it was noticed');
}

test(`collecting from our own server, killed and cut ${ROUNDS} times: each message once, none lost`, async (t) => {
  await ordeal(t, await ourHost(t), ROUNDS);
});

test('collecting from Dovecot, killed and cut: each message once, none lost', async (t) => {
  if (requirePeer(t, 'dovecot') === undefined) return;
  await ordeal(t, await dovecot(t), Math.max(5, Math.floor(ROUNDS / 2)));
});
