import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fakeResolver } from '../../dns/testing.ts';
import type { Zones } from '../../dns/testing.ts';
import { formatServer } from '../server.ts';
import { readAutoconfig } from './autoconfig.ts';
import { discover } from './ladder.ts';
import type { Candidate, Discovered, LadderParts } from './ladder.ts';

const address = { local: 'bob', domain: 'b.test' };

interface World {
  readonly zones?: Zones;
  /** By address; an Error is what asking fails with. */
  readonly files?: Readonly<Record<string, string | Error>>;
  /** "pop.b.test:995" */
  readonly answers?: readonly string[];
  readonly askDatabase?: boolean;
  readonly database?: string;
}

const DATABASE = 'https://autoconfig.thunderbird.net/v1.1';

async function found({ zones = {}, files = {}, answers = [], askDatabase = true, database = DATABASE }: World) {
  const fetched: string[] = [];
  const probed: string[] = [];
  const parts: LadderParts = {
    address,
    resolver: fakeResolver(zones),
    fetch: (url) => {
      fetched.push(url);
      const file = files[url];
      return file instanceof Error ? Promise.reject(file) : Promise.resolve(file);
    },
    probe: ({ host, port }) => {
      probed.push(`${host}:${port}`);
      return Promise.resolve(answers.includes(`${host}:${port}`));
    },
    signal: new AbortController().signal,
    askDatabase,
    database,
  };
  return { ...(await discover(parts)), fetched, probed };
}

const told = ({ rungs }: Discovered): string[] => rungs.map(({ id, said }) => `${id} ${said}`);
const named = (one: (Candidate & { from: string }) | undefined): string | undefined =>
  one === undefined ? undefined : `${one.from}: ${formatServer(one.server)} as ${one.login}`;

const config = (pop = 'pop.b.test', smtp = 'smtp.b.test'): string => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="b.test"><domain>b.test</domain>
<incomingServer type="imap"><hostname>imap.b.test</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="pop3"><hostname>${pop}</hostname><port>110</port><socketType>STARTTLS</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<incomingServer type="pop3"><hostname>${pop}</hostname><port>995</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>${smtp}</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`;

test('SRV records are the first rung, the best of them is taken, and nobody else is asked', async () => {
  const zones: Zones = {
    '_pop3s._tcp.b.test': {
      srv: [
        [20, 0, 995, 'old.b.test'],
        [10, 1, 1995, 'weak.b.test'],
        [10, 9, 995, 'pop.b.test'],
      ],
    },
    '_submission._tcp.b.test': { srv: [[0, 0, 587, 'smtp.b.test']] },
  };
  const result = await found({ zones });
  assert.equal(named(result.pop3), 'srv: pop3s://pop.b.test:995 as bob@b.test');
  assert.equal(named(result.smtp), 'srv: smtp://smtp.b.test:587 as bob@b.test');
  assert.equal(result.pop3?.doubt, undefined);
  assert.deepEqual([result.fetched, result.probed], [[], []]);
  assert.deepEqual(told(result).slice(0, 2), ['srv found', 'autoconfig not-asked']);
});

test('a target of "." says that the service is not there; a foreign target is a question unless it was signed', async () => {
  const zones = (authentic: boolean): Zones => ({
    '_pop3s._tcp.b.test': { srv: [[0, 0, 0, '']] },
    '_pop3._tcp.b.test': { srv: [[0, 0, 110, 'pop.elsewhere.test']], authentic },
  });
  const plain = await found({ zones: zones(false) });
  assert.equal(named(plain.pop3), 'srv: pop3://pop.elsewhere.test:110 as bob@b.test');
  assert.match(plain.pop3?.doubt ?? '', /not part of b\.test/);
  assert.equal((await found({ zones: zones(true) })).pop3?.doubt, undefined);
});

test('the file of the domain, at either of its places; TLS from the start goes first', async () => {
  for (const [id, url] of [
    ['autoconfig', 'https://autoconfig.b.test/mail/config-v1.1.xml?emailaddress=bob%40b.test'],
    ['well-known', 'https://b.test/.well-known/autoconfig/mail/config-v1.1.xml'],
  ] as const) {
    const result = await found({ files: { [url]: config() } });
    assert.equal(named(result.pop3), `${id}: pop3s://pop.b.test:995 as bob`);
    assert.equal(named(result.smtp), `${id}: smtp://smtp.b.test:587 as bob@b.test`);
  }
});

test('a file of the domain that names somebody else’s server is a question', async () => {
  const url = 'https://b.test/.well-known/autoconfig/mail/config-v1.1.xml';
  const { pop3, smtp } = await found({ files: { [url]: config('pop.c.test', 'b.test') } });
  assert.equal(pop3?.doubt, 'pop.c.test is not part of b.test; b.test names it. Is it your provider?');
  assert.equal(smtp?.doubt, undefined);
});

test('the database is asked for the domain alone, only if that is wished, and its word is a doubt', async () => {
  const url = 'https://autoconfig.thunderbird.net/v1.1/b.test';
  const result = await found({ files: { [url]: config() } });
  assert.equal(named(result.pop3), 'ispdb: pop3s://pop.b.test:995 as bob');
  assert.match(result.pop3?.doubt ?? '', /not b\.test itself/);
  assert.ok(result.fetched.filter((one) => one.includes('thunderbird')).every((one) => !one.includes('bob')));
  const without = await found({ files: { [url]: config() }, askDatabase: false });
  assert.ok(without.fetched.every((one) => !one.includes('thunderbird')));
  assert.ok(told(without).includes('ispdb not-asked'));
  const own = await found({ files: { 'https://db.test/b.test': config() }, database: 'https://db.test' });
  assert.match(own.pop3?.doubt ?? '', /^db\.test says so/);
  const none = await found({
    zones: { 'b.test': { mx: [[1, 'mx.p.test']] } },
    files: { [url]: config() },
    database: '',
  });
  assert.ok(none.fetched.every((one) => one.includes('b.test') && !one.includes('thunderbird')));
  assert.deepEqual(told(none).slice(3), ['ispdb not-asked', 'mx not-asked', 'probe nothing']);
});

test('who takes the domain’s mail may be known', async () => {
  const zones: Zones = {
    'b.test': {
      mx: [
        [20, 'x.other.test'],
        [10, 'mx1.in.provider.test'],
      ],
    },
  };
  const files = { 'https://autoconfig.thunderbird.net/v1.1/provider.test': config('pop.provider.test') };
  const result = await found({ zones, files });
  assert.equal(named(result.pop3), 'mx: pop3s://pop.provider.test:995 as bob');
  assert.match(result.rungs[4]?.words ?? '', /^mx1\.in\.provider\.test does/);
});

test('names that servers often have are tried last', async () => {
  const result = await found({ answers: ['mail.b.test:995', 'mail.b.test:110', 'smtp.b.test:587'] });
  assert.equal(named(result.pop3), 'probe: pop3s://mail.b.test:995 as bob@b.test');
  assert.equal(named(result.smtp), 'probe: smtp://smtp.b.test:587 as bob@b.test');
  assert.match(result.pop3?.doubt ?? '', /by trying names/);
});

test('one server from one rung, the other from another', async () => {
  const zones: Zones = { '_pop3s._tcp.b.test': { srv: [[0, 0, 995, 'pop.b.test']] } };
  const result = await found({ zones, answers: ['smtp.b.test:465'] });
  assert.deepEqual([result.pop3?.from, result.smtp?.from], ['srv', 'probe']);
});

test('wrong answers of every rung are told, and the next is asked', async () => {
  const zones: Zones = {
    '_pop3s._tcp.b.test': { fails: 'servfail' },
    'b.test': { mx: [[0, '']] },
  };
  const files = {
    'https://autoconfig.b.test/mail/config-v1.1.xml?emailaddress=bob%40b.test': new Error(
      'the certificate has expired',
    ),
    'https://b.test/.well-known/autoconfig/mail/config-v1.1.xml': '<html><body>404, sorry</body></html>',
    'https://autoconfig.thunderbird.net/v1.1/b.test': config('not a host!', '-bad-').replaceAll('587', '99999'),
  };
  const result = await found({ zones, files });
  assert.deepEqual(told(result), [
    'srv failed',
    'autoconfig failed',
    'well-known nothing',
    'ispdb nothing',
    'mx nothing',
    'probe nothing',
  ]);
  assert.match(result.rungs[0]?.words ?? '', /SERVFAIL/);
  assert.match(result.rungs[1]?.words ?? '', /the certificate has expired/);
  assert.match(result.rungs[4]?.words ?? '', /takes no mail at all/);
  assert.equal(result.pop3, undefined);
  for (const { words } of result.rungs) assert.match(words, /\.$/, words);
});

test('a provider that names IMAP only is told as that', () => {
  const read = readAutoconfig(config().replaceAll('type="pop3"', 'type="exchange"'), address);
  assert.deepEqual(read?.others, ['IMAP', 'EXCHANGE']);
  assert.equal(read?.pop3, undefined);
});

test('a server that would be used in clear is not taken', () => {
  const clear = config().replaceAll('STARTTLS', 'plain').replaceAll('>SSL<', '>plain<');
  const read = readAutoconfig(clear, address);
  assert.deepEqual([read?.pop3, read?.smtp, read?.clearOnly], [undefined, undefined, true]);
});

test('no file makes an error, or a server with a name or login that could be something else', () => {
  const piece = fc.constantFrom(
    '<clientConfig>',
    '<incomingServer type="pop3">',
    '</incomingServer>',
    '<hostname>',
    '</hostname>',
    '<port>995</port>',
    '<socketType>SSL</socketType>',
    '<username>',
    '</username>',
    'pop.b.test',
    '\r\n',
    '&#13;&#10;',
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '%EMAILADDRESS%',
    '<![CDATA[',
    ']]>',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      const read = readAutoconfig(pieces.join(''), address);
      if (read?.pop3 === undefined) return;
      assert.match(read.pop3.server.host, /^[a-z0-9.-]+$/);
      assert.doesNotMatch(read.pop3.login, /[\r\n\0]/);
    }),
  );
});
