/**
 * Collecting over a line with a delay, from our own server and from Dovecot: with messages asked for ahead of their
 * answers (PIPELINING), and one at a time. `node bench/collect.ts [messages] [delay in ms, there and back]`; Dovecot needs root.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { loadavg } from 'node:os';
import type { TestContext } from 'node:test';
import { startClient } from '../test/client.ts';
import type { Page } from '../test/client.ts';
import { sendMail } from '../test/conversation.ts';
import { startDovecotPop3 } from '../test/peers/dovecot-pop3.ts';
import { findPeer } from '../test/peers/peers.ts';
import { eventually, PASSWORD, startHost } from '../test/program.ts';

const MESSAGES = Number(process.argv[2] ?? 100);
const DELAY = Number(process.argv[3] ?? 100);
const ROUNDS = 3;
const LETTER = `Subject: a letter\n\n${'text of a letter\n'.repeat(200)}`;

interface Provider {
  readonly name: string;
  readonly pop3: number;
  readonly user: string;
  readonly certificate: string;
  deliver(text: string): Promise<void>;
}

interface Line {
  readonly port: number;
  /** Ends the next connection when so many pieces have come over it from the server. */
  cutAfter: number;
}

const endings: (() => unknown)[] = [];
// What startHost and the others want of a test: somebody who ends what they began.
const t = { after: (fn: () => unknown) => endings.push(fn) } as unknown as TestContext;

/** What is sent arrives half the delay later, in order; the line itself is as fast as this machine. */
function later(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => setTimeout(() => to.writable && to.write(chunk), DELAY / 2));
  from.on('end', () => setTimeout(() => to.end(), DELAY / 2));
  from.on('close', () => setTimeout(() => to.destroy(), DELAY / 2));
  from.on('error', () => undefined);
}

async function lineTo(port: number): Promise<Line> {
  const line = { port: 0, cutAfter: Infinity };
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    later(near, far);
    later(far, near);
    let left = line.cutAfter;
    line.cutAfter = Infinity;
    far.on('data', () => --left < 0 && near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.port = (server.address() as AddressInfo).port;
  endings.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return line;
}

async function remoteOf(
  page: Page,
): Promise<{ readonly id: string; readonly kind: string; readonly collected: number }> {
  return eventually(
    'the visit ends',
    async () => {
      const { list } = await page.call('Remote/get', { ids: null });
      const [remote] = list as {
        id: string;
        visiting: object | null;
        standing: { kind: string; collected?: number; trouble?: { kind: string } };
      }[];
      const { id = '', standing = { kind: 'never' } } = remote ?? {};
      if (remote?.visiting !== null || standing.kind === 'never') return undefined;
      return { id, kind: standing.trouble?.kind ?? standing.kind, collected: standing.collected ?? 0 };
    },
    600_000,
  );
}

/** Milliseconds from "check now" until everything is here, and deleted there. */
async function visit(page: Page, id: string): Promise<number> {
  const begun = performance.now();
  await page.call('Remote/check', { id });
  const { kind, collected } = await remoteOf(page);
  if (kind !== 'done' || collected !== MESSAGES) throw new Error(`${kind}: ${collected} of ${MESSAGES}`);
  return performance.now() - begun;
}

/** A visit that is cut off behind the handshake, before there is anything to fetch. */
async function breakOff(line: Line, page: Page, id: string): Promise<void> {
  for (let pieces = 4; pieces < 20; pieces++) {
    line.cutAfter = pieces;
    await page.call('Remote/check', { id });
    if ((await remoteOf(page)).kind === 'cut') return;
  }
  throw new Error('the line could not be cut');
}

async function measure(provider: Provider): Promise<void> {
  const line = await lineTo(provider.pop3);
  const client = await startClient(t);
  const page = await client.logIn();
  const servers = ['--pop3', `pop3s://localhost:${line.port}`, '--smtp', 'smtps://localhost:9', '--ca', provider.certificate]; // prettier-ignore
  const how = ['--login', provider.user, '--leave', '0', '--untried', '--password-stdin'];
  const added = await client.cli(['remote', 'add', 'bob@a.test', ...servers, ...how], { input: PASSWORD });
  if (added.code !== 0) throw new Error(added.stderr);
  const { id } = await remoteOf(page);
  const times = { ahead: [] as number[], inStep: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ['ahead', 'inStep'] as const) {
      // Behind a visit that broke off the next one goes step by step: that is the other way, without another program.
      if (way === 'inStep') await breakOff(line, page, id);
      for (let i = 0; i < MESSAGES; i++) await provider.deliver(LETTER);
      times[way].push(await visit(page, id));
    }
  }
  const [ahead = 0, inStep = 0] = [times.ahead, times.inStep].map((all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]); // prettier-ignore
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
  console.log(`| ${provider.name} | ${seconds(inStep)} | ${seconds(ahead)} | ${(inStep / ahead).toFixed(1)} |`);
  await client.stop();
}

const load = loadavg()[0] ?? 0;
console.log(`${MESSAGES} messages of ${LETTER.length} octets, a delay of ${DELAY} ms, the middle of ${ROUNDS}; load average ${load.toFixed(1)}\n`); // prettier-ignore
console.log('| server | one at a time | ahead | ratio |\n|---|---|---|---|');
try {
  const host = await startHost(t, { accounts: ['bob@a.test'] });
  await measure({
    name: 'Posthorn',
    pop3: host.port('pop3', 'implicit'),
    user: 'bob@a.test',
    certificate: host.certificate,
    deliver: async (text) => {
      const answer = await sendMail(host.port('smtp'), { from: 'carol@c.test', to: ['bob@a.test'], text });
      if (!answer.startsWith('250')) throw new Error(answer);
    },
  });
  if (findPeer('dovecot') !== undefined) {
    await measure({ name: 'Dovecot', user: 'bob', ...(await startDovecotPop3(t, 'bob', PASSWORD)) });
  }
} finally {
  for (const end of endings.toReversed()) await end();
}
