import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { fakeResolver } from '../../dns/testing.ts';
import { type Picture, Pictures } from './pictures.ts';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PUBLIC = '93.184.216.34';

interface World {
  readonly pictures: Pictures;
  readonly clock: FakeClock;
  /** "address:port host path" of each request that was sent. */
  readonly sent: string[];
  readonly headers: IncomingHttpHeaders[];
  readonly options: RequestOptions[];
  readonly asked: readonly string[];
}

/** Every connection, wherever it is meant to go, ends at one server on loopback. */
async function world(
  t: TestContext,
  answer: RequestListener,
  addresses: Readonly<Record<string, readonly string[]>> = { 'shop.test': [PUBLIC] },
): Promise<World> {
  const sent: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const options: RequestOptions[] = [];
  const server = createServer((incoming, outgoing) => {
    headers.push(incoming.headers);
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const clock = new FakeClock();
  const zones = Object.fromEntries(
    Object.entries(addresses).map(([name, list]) => [
      name,
      { a: list.filter((one) => !one.includes(':')), aaaa: list.filter((one) => one.includes(':')) },
    ]),
  );
  const resolver = fakeResolver(zones);
  const pictures = new Pictures({
    resolver,
    clock,
    send(secure, given) {
      options.push(given);
      const host = (given.headers as Record<string, string>)['Host'];
      sent.push(`${secure ? 'https' : 'http'} ${given.host}:${given.port} ${host}${given.path}`);
      return request({ ...given, host: '127.0.0.1', port });
    },
  });
  return { pictures, clock, sent, headers, options, asked: resolver.asked };
}

const gif: RequestListener = (_, outgoing) => {
  outgoing.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=b' }).end(GIF);
};

const why = (picture: Picture): string => (picture.kind === 'refused' ? picture.why : picture.type);

test('a picture comes with the type of its octets, and its server learns nothing of the reader', async (t) => {
  const { pictures, sent, headers } = await world(t, gif);
  const picture = await pictures.load('https://name:secret@shop.test/a.png?x=1#part');
  assert.deepEqual(picture, { kind: 'picture', type: 'image/gif', octets: GIF });
  assert.deepEqual(sent, [`https ${PUBLIC}:443 shop.test/a.png?x=1`]);
  assert.deepEqual(Object.keys(headers[0] ?? {}).sort(), [
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('the name is looked up once, and the connection goes to what was found then', async (t) => {
  let turn = 0;
  const { options } = await world(t, gif);
  const answers = [[PUBLIC], ['127.0.0.1']];
  const asked: string[] = [];
  const pictures = new Pictures({
    clock: new FakeClock(),
    resolver: {
      a: async (host) => {
        asked.push(host);
        return { kind: 'found', records: answers[turn++] ?? [], authentic: false };
      },
      aaaa: async () => ({ kind: 'empty', authentic: false }),
    },
    send(_, given) {
      options.push(given);
      throw new Error('far enough');
    },
  });
  await pictures.load('http://rebinding.test/');
  assert.deepEqual(asked, ['rebinding.test']);
  assert.equal(options[0]?.host, PUBLIC);
  assert.equal(options[0]?.lookup, undefined);
  assert.equal(why(await pictures.load('http://rebinding.test/')), 'not-public', 'the next picture is judged anew');
});

const NEVER_SENT: readonly (readonly [address: string, why: string])[] = [
  ['http://127.0.0.1/', 'not-public'],
  ['http://2130706433/', 'not-public'],
  ['http://0x7f.1/', 'not-public'],
  ['http://0177.0.0.1/', 'not-public'],
  ['http://[::1]/', 'not-public'],
  ['http://[::ffff:10.0.0.1]/', 'not-public'],
  ['http://[64:ff9b::a00:1]/', 'not-public'],
  ['http://169.254.169.254/latest/meta-data/', 'not-public'],
  ['http://localhost/', 'unknown-name'],
  ['http://inside.test/', 'not-public'],
  ['http://both.test/', 'not-public'],
  ['http://nobody.test/', 'unknown-name'],
  ['http://shop.test:8080/', 'address'],
  ['https://shop.test:80/', 'address'],
  ['ftp://shop.test/', 'address'],
  ['file:///etc/passwd', 'address'],
  ['gopher://shop.test/', 'address'],
  ['data:image/gif;base64,R0lGODlh', 'address'],
  ['//shop.test/', 'address'],
  ['', 'address'],
];
test('addresses that are not the Internet are never asked', async (t) => {
  const { pictures, sent } = await world(t, gif, {
    'shop.test': [PUBLIC],
    'inside.test': ['10.0.0.7'],
    'both.test': [PUBLIC, 'fd00::7'],
  });
  for (const [address, expected] of NEVER_SENT) assert.equal(why(await pictures.load(address)), expected, address);
  assert.deepEqual(sent, []);
});

test('each redirect is judged as the first address was, and there are at most three', async (t) => {
  const to =
    (location: string, status = 302): RequestListener =>
    (incoming, outgoing) => {
      if (incoming.url === '/end.gif') gif(incoming, outgoing);
      else outgoing.writeHead(status, { location }).end();
    };
  const hops: readonly (readonly [location: string, why: string, requests: number])[] = [
    ['/end.gif', 'image/gif', 2],
    ['https://other.test/end.gif', 'image/gif', 2],
    ['http://127.0.0.1/', 'not-public', 1],
    ['http://inside.test/', 'not-public', 1],
    ['http://shop.test:6379/', 'address', 1],
    ['file:///etc/passwd', 'address', 1],
    ['/again', 'redirects', 4],
  ];
  for (const [location, expected, requests] of hops) {
    const names = { 'shop.test': [PUBLIC], 'other.test': ['93.184.216.35'], 'inside.test': ['192.168.0.1'] };
    const { pictures, sent } = await world(t, to(location), names);
    assert.equal(why(await pictures.load('http://shop.test/')), expected, location);
    assert.equal(sent.length, requests, location);
  }
});

test('what is no picture, too large or an error is refused, and not read to its end', async (t) => {
  const answers: Readonly<Record<string, RequestListener>> = {
    'no-picture': (_, outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload="alert(1)"/>'.repeat(9)),
    refused: (_, outgoing) => outgoing.writeHead(404).end(GIF),
    'too-large': (_, outgoing) => outgoing.writeHead(200, { 'content-length': 20_000_000 }).write(GIF),
  };
  for (const [expected, answer] of Object.entries(answers)) {
    const { pictures } = await world(t, answer);
    assert.equal(why(await pictures.load('http://shop.test/')), expected);
  }
  let written = 0;
  const endless: RequestListener = (_, outgoing) => {
    outgoing.writeHead(200).write(GIF);
    const more = (): void => {
      while (!outgoing.destroyed && outgoing.write(Buffer.alloc(65_536))) written += 65_536;
    };
    outgoing.on('drain', more);
    more();
  };
  const { pictures } = await world(t, endless);
  assert.equal(why(await pictures.load('http://shop.test/')), 'too-large');
  assert.ok(written < 60_000_000);
});

test('a server that takes its time is given up after 15 seconds', async (t) => {
  let asked: () => void = () => undefined;
  const request_ = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { pictures, clock } = await world(t, (_, outgoing) => {
    outgoing.writeHead(200).write(GIF.subarray(0, 10));
    asked();
  });
  const loading = pictures.load('http://shop.test/');
  await request_;
  await clock.advance(15_000);
  assert.equal(why(await loading), 'slow');
});

test('eight are fetched at a time, two hundred wait, and the rest is refused', async (t) => {
  const held: (() => void)[] = [];
  const { pictures, sent } = await world(t, (incoming, outgoing) => {
    held.push(() => {
      gif(incoming, outgoing);
    });
  });
  const loads = Array.from({ length: 220 }, () => pictures.load('http://shop.test/'));
  const refused = await Promise.all(loads.slice(208));
  assert.deepEqual(new Set(refused.map(why)), new Set(['busy']));
  let most = 0;
  const counted = Promise.all(loads);
  let done = false;
  void counted.then(() => (done = true));
  while (!done) {
    most = Math.max(most, held.length);
    for (const answer of held.splice(0)) answer();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  assert.ok(most <= 8 && most > 0, `${most} at a time`);
  assert.equal(sent.length, 208);
});
