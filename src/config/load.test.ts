import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { formatProblem, loadConfig } from './load.ts';
import type { Loaded, LoadOptions, Problem } from './load.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-config-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

const MACHINE = { name: 'box.example.org', home: '/home/u', isRoot: false, systemFile: '/nonexistent/config.toml' };

function load(toml: string | Buffer, options: Partial<LoadOptions> = {}): ReturnType<typeof loadConfig> {
  const file = join(folder, 'config.toml');
  writeFileSync(file, toml);
  return loadConfig({ file, env: {}, machine: MACHINE, ...options });
}

function good(toml: string, options: Partial<LoadOptions> = {}): Loaded {
  const result = load(toml, options);
  assert.deepEqual(result.kind === 'bad' ? result.problems.map(formatProblem) : [], []);
  return result as Loaded;
}

function bad(toml: string | Buffer): readonly Problem[] {
  const result = load(toml);
  return result.kind === 'bad' ? result.problems : assert.fail('it was taken');
}

test('without a file the defaults hold: loopback, nothing trusted', () => {
  const loaded = loadConfig({ env: {}, machine: MACHINE }) as Loaded;
  const loopback = (port: number) => [{ host: '127.0.0.1', port }];
  assert.deepEqual(loaded.config, {
    hostname: 'box.example.org',
    domains: [],
    smtp: { enabled: true, listen: loopback(2525) },
    submission: { enabled: true, listen: loopback(2587), listenTls: loopback(2465), showClient: false },
    pop3: { enabled: true, listen: loopback(2110), listenTls: loopback(2995) },
    lmtp: { listen: [] },
    web: {
      listen: loopback(2080),
      listenTls: [],
      names: [],
      proxy: [],
      pictures: true,
      pushLocal: true,
      idle: 2_592_000_000,
    },
    tls: {},
    login: { plainOnLoopback: true, channelBinding: ['submission'] },
    limits: { messageSize: 50_000_000, perAddress: true, perAccount: true },
    relay: { networks: [], domains: [], open: false },
    queue: {
      retry: [60_000, 300_000, 900_000, 3_600_000, 14_400_000],
      giveUp: 432_000_000,
      delayNotice: 14_400_000,
      suppress: 604_800_000,
      most: 100,
      mostPerDestination: 10,
    },
    outbound: {
      port: 25,
      allowPrivate: false,
      timeouts: { connect: 30_000, greeting: 300_000, command: 300_000, data: 120_000, block: 180_000, dot: 600_000 },
    },
    client: { keyring: 'auto', ispdb: 'https://autoconfig.thunderbird.net/v1.1' },
    dns: { servers: [] },
    journey: { keep: 2_592_000_000 },
    routes: [],
  });
  assert.equal(loaded.durability, 'full');
  assert.deepEqual(loaded.notes, []);
});

test('every name that people rely on is taken', () => {
  const { config } = good(`
hostname = "mx.a.test"
domains = ["a.test", "A.test"]
postmaster = "alice@a.test"
[smtp]
enabled = true
listen = ["127.0.0.1:2525"]
[submission]
enabled = true
listen = ["127.0.0.1:2587"]
listen_tls = ["127.0.0.1:2465"]
[pop3]
enabled = true
listen = ["127.0.0.1:2110"]
listen_tls = ["127.0.0.1:2995"]
[lmtp]
listen = []
[web]
listen = ["127.0.0.1:2080"]
[tls]
cert = "cert.pem"
key = "key.pem"
[login]
plain_on_loopback = true
[limits]
message_size = "50MB"
per_address = true
per_account = true
[relay]
networks = []
domains = []
open = false
[queue]
retry = ["200ms", "1s"]
give_up = "5d"
delay_notice = "4h"
[outbound]
port = 25
allow_private = false
[outbound.timeouts]
connect = "30s"
greeting = "5m"
command = "5m"
data = "2m"
block = "3m"
dot = "10m"
[dns]
servers = ["127.0.0.1:5353"]
[journey]
keep = "30d"
[[route]]
domain = "b.test"
host = "127.0.0.1"
port = 2526
tls = "opportunistic"
login = { user = "u", password_file = "p" }
[[route]]
domain = "*"
host = "smtp.example.net"
tls = "implicit"
`);
  assert.deepEqual(config.domains, ['a.test']);
  assert.equal(config.file, join(folder, 'config.toml'));
  assert.deepEqual(config.tls, { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });
  assert.deepEqual(config.queue.retry, [200, 1_000]);
  assert.deepEqual(config.routes, [
    {
      domain: 'b.test',
      host: '127.0.0.1',
      port: 2526,
      protocol: 'smtp',
      tls: 'opportunistic',
      login: { user: 'u', passwordFile: join(folder, 'p') },
    },
    { domain: '*', host: 'smtp.example.net', port: 465, protocol: 'smtp', tls: 'implicit' },
  ]);
});

test('a route without a port takes outbound.port', () => {
  const { config } = good('[outbound]\nport = 2600\n[[route]]\ndomain = "b.test"\nhost = "::1"\n');
  assert.deepEqual(config.routes, [
    { domain: 'b.test', host: '::1', port: 2600, protocol: 'smtp', tls: 'opportunistic' },
  ]);
});

test('routes of senders, and LMTP', () => {
  const { config } = good(`
[[route]]
sender = "Alice@a.test"
host = "smtp.one.test"
tls = "implicit"
[[route]]
sender = "a.test"
domain = "b.test"
host = "smtp.two.test"
[[route]]
domain = "b.test"
host = "127.0.0.1"
protocol = "lmtp"
[[route]]
domain = "c.test"
host = "unix:lmtp"
protocol = "lmtp"
tls = "opportunistic"
`);
  const smtp = { protocol: 'smtp', tls: 'opportunistic' } as const;
  const lmtp = { protocol: 'lmtp', tls: 'opportunistic' } as const;
  assert.deepEqual(config.routes, [
    { domain: '*', sender: 'alice@a.test', host: 'smtp.one.test', port: 465, ...smtp, tls: 'implicit' },
    { domain: 'b.test', sender: '@a.test', host: 'smtp.two.test', port: 25, ...smtp },
    { domain: 'b.test', host: '127.0.0.1', port: 24, ...lmtp },
    { domain: 'c.test', host: `unix:${join(folder, 'lmtp')}`, port: 0, ...lmtp, tls: 'never' },
  ]);
});

test('the default of push_local follows the listeners that are opened, and who passes requests on', () => {
  for (const [toml, expected] of [
    ['', true],
    ['[smtp]\nlisten = ["0.0.0.0:25"]', false],
    ['[web]\nproxy = ["127.0.0.1"]', false],
    ['[web]\nproxy = ["127.0.0.1"]\npush_local = true', true],
    ['[web]\npush_local = false', false],
  ] as const)
    assert.equal(good(toml).config.web.pushLocal, expected, toml);
});

test('the default of plain_on_loopback follows the listeners that are opened', () => {
  const table: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['[smtp]\nlisten = ["[::1]:25", "localhost:26"]', true],
    ['[smtp]\nlisten = ["0.0.0.0:25"]', false],
    ['[pop3]\nlisten_tls = ["[::]:995"]', false],
    ['[web]\nlisten_tls = ["192.0.2.1:443"]', false],
    ['[smtp]\nenabled = false\nlisten = ["0.0.0.0:25"]', true],
    ['[smtp]\nlisten = ["0.0.0.0:25"]\n[login]\nplain_on_loopback = true', true],
    ['[login]\nplain_on_loopback = false', false],
  ];
  for (const [toml, expected] of table) assert.equal(good(toml).config.login.plainOnLoopback, expected, toml);
});

test('the default hostname is that of the machine only when others could find it', () => {
  const nameFor = (name: string): string =>
    (loadConfig({ env: {}, machine: { ...MACHINE, name } }) as Loaded).config.hostname;
  assert.equal(nameFor('MX.example.org'), 'mx.example.org');
  for (const name of ['box', '', 'bad_name.local', '10.0.0.1', 'x y']) assert.equal(nameFor(name), 'localhost', name);
});

test('all problems are told at once, in the order of their lines, each with line, name and what to do', () => {
  const problems = bad(`hostnam = "x.test"
domains = ["a.test", "b..test", 7]
[smtp]
enabled = "yes"
listen = [":2525"]
[queue]
retry = []
give_up = 5
[nonsense]
x = 1
[[route]]
domain = "b.test"
tls = "sometimes"
login = { user = "u", password = "hunter2" }
`);
  assert.deepEqual(
    problems.map(({ line, path }) => `${line} ${path}`),
    [
      '1 hostnam',
      '2 domains[1]',
      '2 domains[2]',
      '4 smtp.enabled',
      '5 smtp.listen[0]',
      '7 queue.retry',
      '8 queue.give_up',
      '9 nonsense',
    ].concat(['11 route[0]', '13 route[0].tls', '14 route[0].login.password', '14 route[0].login']),
  );
  const text = problems.map(formatProblem).join('\n');
  assert.match(
    text,
    /config\.toml:1: hostnam: there is no setting hostnam at the top of the file\. Did you mean hostname\?/,
  );
  assert.match(text, /host is missing/);
  assert.match(text, /password_file is missing/);
  assert.match(text, /name it with password_file/);
  assert.doesNotMatch(text, /hunter2/);
});

test('hints know where a setting belongs', () => {
  const table: readonly (readonly [string, RegExp])[] = [
    ['[smtp]\nhostname = "a.test"', /hostname belongs at the top, above the first \[table\]/],
    ['message_size = "1MB"', /message_size belongs below \[limits\]/],
    ['[limits]\nmessage-size = "1MB"', /Did you mean message_size\?/],
    ['[submision]\nenabled = true', /Did you mean submission\?/],
    ['[outbound]\nconnect = "1s"', /connect belongs below \[outbound\.timeouts\]/],
    ['[journey]\nxyzzy = 1', /Known here: keep\./],
    ['smtp = 5', /Write \[smtp\] on a line of its own/],
    ['[[smtp]]\nenabled = true', /Write \[smtp\] on a line of its own/],
    ['[route]\ndomain = "a.test"', /\[\[route\]\], with two brackets/],
    ['route = [1]', /\[\[route\]\], with two brackets/],
    ['[smtp.listen]\nx = 1', /square brackets/],
    ['["__proto__"]\nx = 1', /Remove it/],
    ['constructor = 1', /Remove it/],
    ['toString = 1', /Remove it/],
    ['"" = 1', /Remove it/],
  ];
  for (const [toml, mend] of table) assert.match(bad(toml).map(formatProblem).join('\n'), mend, toml);
});

test('[2033-5-not-on-25] settings that contradict each other', () => {
  const table: readonly (readonly [string, RegExp])[] = [
    [
      '[smtp]\nlisten = ["127.0.0.1:2587"]',
      /submission\.listen\[0\]: 127\.0\.0\.1:2587 is also asked for by smtp\.listen\[0\]/,
    ],
    ['[smtp]\nlisten = ["[::1]:25", "[::1]:25"]', /smtp\.listen\[1\]/],
    ['[tls]\ncert = "c.pem"', /tls\.cert: cert is set and key is not/],
    ['[tls]\nkey = "k.pem"', /tls\.key: key is set and cert is not/],
    [
      'domains = ["a.test"]\n[relay]\ndomains = ["b.test", "A.test"]',
      /config\.toml:3: relay\.domains\[1\]: a\.test is also in domains/,
    ],
    [
      '[[route]]\ndomain="b.test"\nhost="h.test"\n[[route]]\ndomain="B.test"\nhost="i.test"',
      /config\.toml:5: route\[1\]\.domain: route 1 is for b\.test already/,
    ],
    [
      '[[route]]\nsender="A@b.test"\nhost="h.test"\n[[route]]\nhost="i.test"\nsender="a@b.test"\ndomain="*"',
      /config\.toml:6: route\[1\]\.sender: route 1 is for \* from a@b\.test already/,
    ],
    [
      '[[route]]\nhost="h.test"',
      /config\.toml:1: route\[0\]: domain and sender are missing\. Add domain = "b\.example\.net"/,
    ],
    [
      '[[route]]\ndomain="*"\nhost="h.test"\nprotocol="lmtp"\nport=25',
      /config\.toml:5: route\[0\]\.port: LMTP must not be spoken on port 25.* Name the port its LMTP listens on/,
    ],
    [
      '[lmtp]\nlisten=["127.0.0.1:24", "127.0.0.1:25"]',
      /config\.toml:2: lmtp\.listen\[1\]: LMTP must not be spoken on port 25/,
    ],
    ['[[route]]\ndomain="*"\nhost="unix:/l"', /config\.toml:3: route\[0\]\.host: .* Add protocol = "lmtp"/],
    [
      '[[route]]\ndomain="*"\nhost="unix:/l"\nprotocol="lmtp"\nport=24\ntls="required"',
      /:5: route\[0\]\.port: a socket has no port.*\n.*:6: route\[0\]\.tls: no certificate can prove a socket/,
    ],
  ];
  for (const [toml, expected] of table) assert.match(bad(toml).map(formatProblem).join('\n'), expected, toml);
});

test('what does not contradict', () => {
  good('[smtp]\nlisten = ["127.0.0.1:0", "127.0.0.1:0"]');
  good('[smtp]\nlisten = ["127.0.0.1:2110"]\n[pop3]\nenabled = false');
  good('[smtp]\nlisten = ["127.0.0.1:2080"]\n[web]\nlisten = []');
  good('[web]\nlisten = ["192.0.2.1:80"]\nproxy = ["192.0.2.0/24"]');
  good('[[route]]\ndomain="b.test"\nhost="h.test"\n[[route]]\ndomain="b.test"\nsender="@b.test"\nhost="h.test"');
  good('[[route]]\ndomain="*"\nhost="h.test"\n[[route]]\nsender="@b.test"\nhost="h.test"');
  good('\ufeffhostname = "mx.a.test"\r\n[smtp]\r\nenabled = true\r\n');
});

test('what is accepted and worth a word', () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['[lmtp]\nlisten = ["0.0.0.0:24"]', 'lmtp.listen[0]', /asks for no login/],
    ['[relay]\nopen = true', 'relay.open', /OPEN RELAY/],
    ['[limits]\nmessage_size = 1000', 'limits.message_size', /64KB/],
    ['hostname = "box"', 'hostname', /no dot/],
    ['[smtp]\nlisten = []', 'smtp.listen', /no address to listen on/],
    ['[pop3]\nenabled = false', 'postmaster', /who its postmaster is/],
    ['[smtp]\nlisten = ["0.0.0.0:25"]\n[login]\nplain_on_loopback = true', 'login.plain_on_loopback', /look local/],
    [
      '[[route]]\ndomain="*"\nhost="h.test"\nlogin={user="u",password_file="p"}',
      'route[0].login',
      /"required" or "implicit"/,
    ],
    [
      '[relay]\nnetworks=["192.0.2.0/24"]\n[[route]]\nsender="a@a.test"\nhost="h.test"',
      'route[0].sender',
      /without a login/,
    ],
  ];
  for (const [toml, path, sentence] of table) {
    const { notes } = good(toml);
    assert.deepEqual(
      notes.map((note) => note.path),
      [path],
      toml,
    );
    assert.match(notes[0]!.sentence, sentence);
  }
  assert.deepEqual(good('[pop3]\nenabled = false\n[web]\n').notes.length, 1);
  assert.deepEqual(good('domains = ["a.test"]\npostmaster = "p@b.test"\n[pop3]\nenabled = false').notes, []);
});

test('what is not TOML says where, and shows nothing of the file', () => {
  const [problem] = bad('hostname = "a.test"\npassword = "hunter2\n');
  assert.equal(problem?.line, 2);
  assert.match(formatProblem(problem as Problem), /config\.toml:2:\d+: this is not TOML: /);
  assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
  assert.match(formatProblem(bad('a = 1\na = 2')[0]!), /not TOML/);
});

test('files that can not be read', () => {
  const problem = (file: string): string => {
    const result = loadConfig({ file, env: {}, machine: MACHINE });
    return result.kind === 'bad' ? formatProblem(result.problems[0]!) : assert.fail();
  };
  assert.match(problem(join(folder, 'none.toml')), /there is no such file/);
  assert.match(problem(folder), /this is a directory/);
  assert.match(problem('/dev/zero'), /larger than 4 MB/);
  assert.match(formatProblem(bad(Buffer.from([0x61, 0xff, 0xfe]))[0]!), /not UTF-8/);
});

test('the file: --config, then POSTHORN_CONFIG, then that of the system if there is one', () => {
  const write = (name: string): string => {
    writeFileSync(join(folder, name), `hostname = "${name}.test"\n`);
    return join(folder, name);
  };
  const [wanted, named, system] = [write('wanted'), write('named'), write('system')];
  const hostname = (file: string | undefined, env: Record<string, string>, systemFile: string): string => {
    const result = loadConfig({ file, env, machine: { ...MACHINE, systemFile } });
    return result.kind === 'ok' ? result.config.hostname : formatProblem(result.problems[0]!);
  };
  assert.equal(hostname(wanted, { POSTHORN_CONFIG: named }, system), 'wanted.test');
  assert.equal(hostname(undefined, { POSTHORN_CONFIG: named }, system), 'named.test');
  assert.equal(hostname(undefined, { POSTHORN_CONFIG: '' }, system), 'system.test');
  assert.equal(hostname(undefined, {}, '/nonexistent/x'), 'box.example.org');
  assert.match(hostname(undefined, { POSTHORN_CONFIG: '/nonexistent/x' }, system), /no such file/);
});

test('the state directory: --state, then POSTHORN_STATE, then the place for this user', () => {
  const state = (options: Partial<LoadOptions>): string =>
    (loadConfig({ env: {}, machine: MACHINE, ...options }) as Loaded).state;
  assert.equal(state({ state: '/a', env: { POSTHORN_STATE: '/b' } }), '/a');
  assert.equal(state({ env: { POSTHORN_STATE: '/b' } }), '/b');
  assert.equal(state({ state: 'here' }), join(process.cwd(), 'here'));
  assert.equal(state({}), '/home/u/.local/state/posthorn');
  assert.equal(state({ env: { XDG_STATE_HOME: '/x' } }), '/x/posthorn');
  assert.equal(state({ env: { XDG_STATE_HOME: 'relative', POSTHORN_STATE: '' } }), '/home/u/.local/state/posthorn');
  assert.equal(state({ machine: { ...MACHINE, isRoot: true } }), '/var/lib/posthorn');
});

test('durability is weakened by one exact word only', () => {
  const durability = (value: string): string =>
    (loadConfig({ env: { POSTHORN_TEST_SYNCHRONOUS: value }, machine: MACHINE }) as Loaded).durability;
  assert.equal(durability('normal'), 'normal');
  for (const value of ['', 'off', 'NORMAL', 'full']) assert.equal(durability(value), 'full', value);
});

test('the line of a setting is known, so that a command can point at it', () => {
  const loaded = good('domains = [\n "a.test",\n "b.test",\n]\n');
  assert.equal(loaded.lineOf('domains[1]'), 3);
  assert.equal(loaded.lineOf('hostname'), undefined);
  assert.deepEqual([...loaded.written], ['domains']);
});
