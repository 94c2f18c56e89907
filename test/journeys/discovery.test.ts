/**
 * Every rung of the ladder by which servers are found, and wrong answers at each, by the built program: against a name
 * server, web servers and mail servers on a loopback address of the test's own, at the ports that they have everywhere.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createClear } from 'node:http';
import { createServer as createWeb } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startZoneServer } from '../../src/dns/testing.ts';
import type { Zones } from '../../src/dns/testing.ts';
import { makeSelfSigned } from '../../src/net/index.ts';
import { startClient } from '../client.ts';
import type { Page } from '../client.ts';
import { eventually, scratch } from '../program.ts';

interface Rung {
  readonly id: string;
  readonly said: string;
  readonly words: string;
  readonly pop3: Candidate | null;
  readonly smtp: Candidate | null;
}
interface Candidate {
  readonly server: { readonly host: string; readonly port: number; readonly protection: string };
  readonly login: string;
  readonly doubt: string | null;
}

/** Addresses of loopback that hardly anybody else has at the moment: of the web servers, and of the mail servers. */
const [IP, MAIL] = [1, 2].map((last) => `127.${83 + (process.pid % 100)}.${(process.pid >> 8) % 250}.${last}`) as [string, string]; // prettier-ignore

const file = (pop: string, smtp = pop.replace('pop.', 'smtp.'), socket = 'SSL'): string =>
  `<clientConfig version="1.1"><emailProvider id="x">
<incomingServer type="pop3"><hostname>${pop}</hostname><port>995</port><socketType>${socket}</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>${smtp}</hostname><port>465</port><socketType>${socket}</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`;

const AUTOCONFIG = '/mail/config-v1.1.xml?emailaddress=bob%40';
const WELL_KNOWN = '/.well-known/autoconfig/mail/config-v1.1.xml';

/** By host and path: the text of a file, or where it is said to be. */
const FILES: Readonly<Record<string, string | { readonly at: string }>> = {
  [`autoconfig.auto.test${AUTOCONFIG}auto.test`]: file('pop.auto.test'),
  [`known.test${WELL_KNOWN}`]: { at: '/elsewhere.xml' },
  'known.test/elsewhere.xml': file('pop.known.test'),
  'db.test/v1/listed.test': file('pop.listed.test'),
  'db.test/v1/provider.test': file('pop.provider.test'),
  [`autoconfig.rubbish.test${AUTOCONFIG}rubbish.test`]: '<clientConfig><incomingServer type="pop3"><hostname>\u0000&&<',
  [`rubbish.test${WELL_KNOWN}`]: { at: `http://clear.test/x.xml` },
  'db.test/v1/rubbish.test': `<clientConfig>${'x'.repeat(5_000_000)}`,
  [`autoconfig.foreign.test${AUTOCONFIG}foreign.test`]: file('pop.evil.test', 'smtp.foreign.test'),
  [`autoconfig.clear.test${AUTOCONFIG}clear.test`]: file('pop.clear.test', 'smtp.clear.test', 'plain'),
};

const NAMES = ['auto', 'known', 'listed', 'hosted', 'guess', 'rubbish', 'foreign', 'clear'].map((one) => `${one}.test`);

const ZONES: Zones = {
  ...Object.fromEntries(NAMES.map((name) => [name, { a: [IP] }])),
  ...Object.fromEntries(['auto', 'rubbish', 'foreign', 'clear'].map((one) => [`autoconfig.${one}.test`, { a: [IP] }])),
  'db.test': { a: [IP] },
  // Its certificate is for other names.
  'autoconfig.listed.test': { a: [IP] },
  'hosted.test': { a: [IP], mx: [[20, 'x.other.test'], [10, 'mx1.in.provider.test']] }, // prettier-ignore
  'pop.guess.test': { a: [MAIL] },
  'smtp.guess.test': { a: [MAIL] },
  '_pop3s._tcp.rubbish.test': { fails: 'servfail' },
  'rubbish.test': { a: [IP], mx: [[0, '']] },
};

interface Web {
  /** Host and path, in the order in which they were asked. */
  readonly asked: string[];
  /** What was asked in clear. */
  readonly inClear: string[];
  readonly authorities: string;
}

async function open(t: TestContext, server: Server, [ip, port]: readonly [string, number]): Promise<void> {
  server.listen(port, ip);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
  });
}

/** Web and mail servers for all the names. */
async function openWorld(t: TestContext): Promise<Web> {
  const hosts = Object.keys(ZONES).filter((name) => !name.startsWith('_') && name !== 'autoconfig.listed.test');
  const { certPem: cert, keyPem: key } = await makeSelfSigned({
    names: hosts,
    addresses: [],
    days: 1,
    now: Date.now(),
  });
  const [asked, inClear]: [string[], string[]] = [[], []];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const what = `${request.headers.host}${request.url}`;
    asked.push(what);
    const found = FILES[what];
    if (found === undefined) response.writeHead(404).end('no such file');
    else if (typeof found === 'string') response.writeHead(200, { 'content-type': 'text/xml' }).end(found);
    else response.writeHead(302, { location: found.at }).end();
  };
  const clear = createClear((request, response) => {
    inClear.push(`${request.headers.host}${request.url}`);
    response.end(file('pop.evil.test'));
  });
  const greeting = (words: string): Server =>
    createTls({ cert, key }, (socket) => {
      socket.on('error', () => undefined);
      socket.end(words);
    });
  await open(t, createWeb({ cert, key }, answer), [IP, 443]);
  await open(t, clear, [IP, 80]);
  await open(t, greeting('+OK hello\r\n'), [MAIL, 995]);
  await open(t, greeting('220 hello\r\n'), [MAIL, 465]);
  return { asked, inClear, authorities: cert };
}

async function climb(page: Page, address: string, askDatabase = true): Promise<readonly Rung[]> {
  const { id } = await page.call('Remote/discover', { address, askDatabase });
  const { rungs } = await eventually(`servers of ${address}`, async () => {
    const now = await page.call('Remote/discovered', { id });
    return now['isDone'] === true && (now as { rungs: Rung[] });
  });
  return rungs;
}

const told = (rungs: readonly Rung[]): string => rungs.map(({ id, said }) => `${id} ${said}`).join(', ');
const LADDER = ['srv', 'autoconfig', 'well-known', 'ispdb', 'mx', 'probe'];

/** Nothing up to this rung, this one found it, and nobody else was asked. */
const foundAt = (rung: string): string =>
  LADDER.map((id, i) => `${id} ${i < LADDER.indexOf(rung) ? 'nothing' : id === rung ? 'found' : 'not-asked'}`).join(', '); // prettier-ignore

test('every rung finds servers by what really answers, and wrong answers lead to the next one, never into the open', async (t) => {
  const world = await openWorld(t).catch((error: NodeJS.ErrnoException) => error);
  if ('code' in world) {
    t.skip(`the ports 443, 80, 995 and 465 of ${IP} can not be opened here (${world.code}): run it as root`);
    return;
  }
  const { asked, inClear, authorities } = world as Web;
  const dns = await startZoneServer(ZONES);
  t.after(() => dns.close());
  const folder = await scratch(t);
  const [config, ca] = [join(folder, 'config.toml'), join(folder, 'ca.pem')];
  const settings = (database: string): string =>
    `[dns]\nservers = ["${dns.server}"]\n[client]\nispdb = "${database}"\n`;
  await writeFile(config, settings('https://db.test/v1/'));
  await writeFile(ca, authorities);
  const client = await startClient(t, { args: ['--config', config], env: { NODE_EXTRA_CA_CERTS: ca } });
  const page = await client.logIn();

  for (const [address, rung, pop] of [
    ['bob@auto.test', 'autoconfig', 'pop.auto.test'],
    ['bob@known.test', 'well-known', 'pop.known.test'],
    ['bob@hosted.test', 'mx', 'pop.provider.test'],
    ['bob@guess.test', 'probe', 'pop.guess.test'],
  ] as const) {
    const rungs = await climb(page, address);
    assert.equal(told(rungs), foundAt(rung), address);
    const { pop3, smtp } = rungs[LADDER.indexOf(rung)] as Rung;
    assert.deepEqual([pop3?.server.host, pop3?.server.port, pop3?.server.protection], [pop, 995, 'implicit']);
    assert.equal(smtp?.login, address);
  }

  // The domain's own web server shows a certificate for another name: it is not believed, and the database is asked.
  const listed = await climb(page, 'bob@listed.test');
  assert.equal(told(listed), 'srv nothing, autoconfig failed, well-known nothing, ispdb found, mx not-asked, probe not-asked'); // prettier-ignore
  assert.match(listed[1]?.words ?? '', /its certificate is for another name/);
  assert.equal(listed[3]?.pop3?.doubt, 'db.test says so, not listed.test itself.');
  assert.ok(asked.filter((one) => one.startsWith('db.test')).every((one) => !one.includes('bob')));

  const rubbish = await climb(page, 'bob@rubbish.test');
  assert.equal(told(rubbish), 'srv failed, autoconfig nothing, well-known failed, ispdb nothing, mx nothing, probe nothing'); // prettier-ignore
  assert.match(rubbish[2]?.words ?? '', /leads to an address that is not private/);
  assert.match(rubbish[3]?.words ?? '', /is no such file/);
  assert.match(rubbish[4]?.words ?? '', /takes no mail at all/);
  assert.deepEqual(inClear, [], 'nobody was asked in clear');

  const foreign = (await climb(page, 'bob@foreign.test'))[1];
  assert.equal(foreign?.pop3?.doubt, 'pop.evil.test is not part of foreign.test; autoconfig.foreign.test names it. Is it your provider?'); // prettier-ignore
  assert.equal(foreign?.smtp?.doubt, null);
  const clear = await climb(page, 'bob@clear.test');
  assert.match(clear[1]?.words ?? '', /would be used in clear: not taken/);
  assert.ok(clear.every(({ said }) => said !== 'found'));

  // Nobody hears the domain where the person, or the configuration, says so.
  const before = asked.filter((one) => one.startsWith('db.test')).length;
  assert.match((await climb(page, 'bob@listed.test', false))[3]?.words ?? '', /You chose that db\.test is not asked/);
  await client.stop();
  await writeFile(config, settings('off').replace('https://', ''));
  const quiet = await startClient(t, { args: ['--config', config], env: { NODE_EXTRA_CA_CERTS: ca } });
  const rungs = await climb(await quiet.logIn(), 'bob@listed.test');
  assert.match(rungs[3]?.words ?? '', /no database of providers is asked/);
  assert.equal(rungs[4]?.said, 'nothing');
  assert.equal(asked.filter((one) => one.startsWith('db.test')).length, before);
});
