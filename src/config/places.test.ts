import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Kind } from './kind.ts';
import { list } from './kind.ts';
import {
  domain,
  domainOrStar,
  file,
  formatListen,
  host,
  httpsOrOff,
  isLoopback,
  listenAddress,
  loginName,
  mailbox,
  nameServer,
  network,
  nextHost,
  oneOf,
  sender,
} from './places.ts';

function table(kind: Kind<unknown>, good: Readonly<Record<string, unknown>>, bad: readonly unknown[]): void {
  for (const [words, value] of Object.entries(good))
    assert.deepEqual(kind.read(words, '/etc/posthorn'), { ok: true, value }, words);
  for (const words of bad) {
    const reading = kind.read(words, '/etc/posthorn');
    assert.equal(reading.ok, false, JSON.stringify(words));
    if (!reading.ok)
      for (const { problem, mend } of reading.faults) assert.ok(problem.length > 0 && mend.endsWith('.'), mend);
  }
}

test('addresses to listen on', () => {
  table(
    listenAddress,
    {
      '127.0.0.1:2525': { host: '127.0.0.1', port: 2525 },
      '0.0.0.0:25': { host: '0.0.0.0', port: 25 },
      '[::1]:2525': { host: '::1', port: 2525 },
      '[::]:25': { host: '::', port: 25 },
      'localhost:0': { host: 'localhost', port: 0 },
      'Mail.A.test:65535': { host: 'mail.a.test', port: 65_535 },
    },
    [
      ':2525',
      '2525',
      '*:25',
      '127.0.0.1',
      '127.0.0.1:',
      '127.0.0.1:65536',
      '127.0.0.1:99999',
      '127.0.0.1:-1',
      '::1:2525',
      '[::1]',
      '[::1]2525',
    ]
      .concat([
        '[127.0.0.1]:25',
        '300.1.1.1:25',
        'a b:25',
        'http://127.0.0.1:25',
        '127.0.0.1:25/tcp',
        '',
        ':',
        '[]:1',
        ' 127.0.0.1:25',
      ])
      .map((words): unknown => words)
      .concat([2525, null, true, {}, ['127.0.0.1:25']]),
  );
});

test('a port without an address says how to listen everywhere, an IPv6 address without brackets how to write it', () => {
  const mendOf = (words: unknown): string => {
    const reading = listenAddress.read(words, '/');
    return reading.ok ? '' : reading.faults[0]!.mend;
  };
  for (const words of [':2525', '2525', '*:25', 2525]) assert.match(mendOf(words), /"0\.0\.0\.0:PORT".*"\[::\]:PORT"/);
  assert.match(mendOf('::1:2525'), /square brackets/);
});

test('what is read can be written again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65_535), (address, port) => {
      assert.deepEqual(listenAddress.read(formatListen({ host: address, port }), '/'), {
        ok: true,
        value: { host: address, port },
      });
    }),
  );
});

test('loopback is what only this machine can reach', () => {
  for (const name of ['localhost', '127.0.0.1', '127.255.0.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])
    assert.equal(isLoopback(name), true, name);
  for (const name of [
    '0.0.0.0',
    '::',
    '192.0.2.1',
    '2001:db8::1',
    '128.0.0.1',
    '127.evil.test',
    'localhost.evil.test',
    '::ffff:10.0.0.1',
  ]) {
    assert.equal(isLoopback(name), false, name);
  }
});

test('domains become lower-case A-labels', () => {
  const good = { 'a.test': 'a.test', 'A.Test': 'a.test', 'bücher.test': 'xn--bcher-kva.test', localhost: 'localhost' };
  const bad = [
    '',
    '.',
    'a..test',
    'a.test.',
    '-a.test',
    'a b',
    'a@b.test',
    '127.0.0.1',
    `${'x'.repeat(64)}.test`,
    'a_b.test',
    5,
    null,
    'a\0.test',
  ];
  table(domain, good, [...bad, '*']);
  table(domainOrStar, { ...good, '*': '*' }, [...bad, '*.test']);
});

test('addresses of people', () => {
  table(mailbox, { 'alice@a.test': 'alice@a.test', 'Bob@B.TEST': 'Bob@b.test', '"a b"@c.test': '"a b"@c.test' }, [
    'alice',
    '@a.test',
    'a@',
    'a@b@c',
    '<a@b.test>',
    '',
    3,
  ]);
});

test('hosts have no port', () => {
  table(host, { 'mx.b.test': 'mx.b.test', '192.0.2.1': '192.0.2.1', '::1': '::1', '[2001:db8::1]': '2001:db8::1' }, [
    'mx.b.test:25',
    '[192.0.2.1]',
    '',
    'a/b',
    1,
    '*',
  ]);
});

test('the next server is a host or a socket, whose path becomes absolute', () => {
  table(
    nextHost,
    {
      'mx.b.test': 'mx.b.test',
      'unix:/run/dovecot/lmtp': 'unix:/run/dovecot/lmtp',
      'unix:lmtp.sock': 'unix:/etc/posthorn/lmtp.sock',
    },
    ['unix:', 'unix:/a\0b', `unix:/${'x'.repeat(107)}`, '/run/lmtp', 'unix.', 7],
  );
});

test('senders are addresses or whole domains', () => {
  table(
    sender,
    {
      'Alice@A.test': 'alice@a.test',
      'alice+shop@a.test': 'alice+shop@a.test',
      '"A b"@c.test': '"a b"@c.test',
      '@A.test': '@a.test',
      'a.test': '@a.test',
      // As `account grant --send-as` has it.
      '*@a.test': '@a.test',
      'bücher.test': '@xn--bcher-kva.test',
      '@localhost': '@localhost',
    },
    ['alice', 'alice@', '@', '*', '<a@b.test>', '', 3],
  );
});

test('name servers are IP addresses, with a port in the end', () => {
  table(
    nameServer,
    { '127.0.0.1': '127.0.0.1:53', '127.0.0.1:5353': '127.0.0.1:5353', '::1': '[::1]:53', '[::1]:5353': '[::1]:5353' },
    ['dns.test', 'dns.test:53', '127.0.0.1:0', '127.0.0.1:70000', '[::1]', '', 53, 'localhost:53'],
  );
});

test('networks in CIDR notation', () => {
  table(
    network,
    {
      '192.0.2.0/24': '192.0.2.0/24',
      '127.0.0.1': '127.0.0.1/32',
      '::1': '::1/128',
      '2001:db8::/32': '2001:db8::/32',
      '10.1.2.3/8': '10.1.2.3/8',
    },
    [
      '192.0.2.0/33',
      '192.0.2.0/',
      '192.0.2/24',
      '::/129',
      '0.0.0.0/0',
      '::/0',
      'a.test',
      '',
      '192.0.2.0/-1',
      '192.0.2.0/24/8',
      'fe80::1%eth0/64',
      8,
    ],
  );
});

test('files become absolute, starting at the folder of the configuration', () => {
  table(file, { 'cert.pem': '/etc/posthorn/cert.pem', '../x': '/etc/x', '/a/b': '/a/b' }, ['', 'a\0b', 7, []]);
});

test('words and login names', () => {
  table(oneOf(['never', 'required']), { never: 'never', required: 'required' }, ['Never', '', 'none', true, null]);
  table(loginName, { 'us@example.net': 'us@example.net' }, ['', 'a\nb', 'x'.repeat(256), 5]);
});

test('a list names each element that is wrong, and is bounded', () => {
  const kind = list('list of domains', domain, { atLeast: 1, atMost: 3 });
  const reading = kind.read(['a.test', '-', 5], '/');
  assert.deepEqual(!reading.ok && reading.faults.map((fault) => fault.at), ['[1]', '[2]']);
  table(kind, {}, ['a.test', [], ['a', 'b', 'c', 'd'], {}, null]);
});

test('an https address, or none', () => {
  table(
    httpsOrOff,
    {
      off: '',
      'https://db.test/v1.1/': 'https://db.test/v1.1',
      'https://DB.test:8443/a/b': 'https://db.test:8443/a/b',
      'https://127.0.0.1': 'https://127.0.0.1',
    },
    ['', 'on', 'http://db.test/', 'db.test', 'https://', 'https://me:pw@db.test/', 'https://db.test/?q=1', 'https://db.test/#x', true, 0], // prettier-ignore
  );
});
