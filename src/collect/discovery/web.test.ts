import assert from 'node:assert/strict';
import test from 'node:test';
import { systemClock } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { MailServer } from '../server.ts';
import type { HttpsGet } from './https-get.ts';
import { probe, webFetch } from './web.ts';

const URL_ = 'https://b.test/.well-known/autoconfig/mail/config-v1.1.xml';
const signal = new AbortController().signal;
interface Said {
  readonly status?: number;
  readonly location?: string;
  readonly body?: readonly string[];
}

/** Servers that say what is given, one after the other; which addresses were asked is noted. */
function answering(...answers: readonly (Said | Error)[]) {
  const asked: string[] = [];
  let ended = 0;
  const get: HttpsGet = async (url) => {
    const answer = answers[asked.push(url.href) - 1] ?? { status: 404 };
    if (answer instanceof Error) throw answer;
    const { status = 200, location, body = [] } = answer;
    return {
      status,
      location,
      body: (async function* () {
        for (const piece of body) yield Buffer.from(piece);
      })(),
      end: () => void ended++,
    };
  };
  return { asked, ended: () => ended, fetch: () => webFetch({ clock: systemClock, get })(URL_, signal) };
}

test('a document comes as text; one that is not there is none, and what is too large is no such file', async () => {
  assert.equal(await answering({ body: ['<client', 'Config/>'] }).fetch(), '<clientConfig/>');
  assert.equal(await answering({ status: 404 }).fetch(), undefined);
  const large = answering({ body: ['x'.repeat(150_000), 'x'.repeat(150_000), 'never asked for'] });
  assert.deepEqual([await large.fetch(), large.ended()], ['', 1]);
  await assert.rejects(answering({ status: 503 }).fetch(), /the server says 503/);
});

test('a redirect is followed to https only, and nobody is asked in clear', async () => {
  const there = answering({ status: 301, location: '/other.xml' }, { status: 302, location: 'https://c.test/x' }, { body: ['found'] }); // prettier-ignore
  assert.equal(await there.fetch(), 'found');
  assert.deepEqual(there.asked, [URL_, 'https://b.test/other.xml', 'https://c.test/x']);
  for (const location of ['http://b.test/x', 'file:///etc/passwd', 'https://']) {
    const clear = answering({ status: 302, location });
    await assert.rejects(clear.fetch(), /not private/, location);
    assert.deepEqual([clear.asked, clear.ended()], [[URL_], 1]);
  }
  assert.equal(await answering({ status: 302 }).fetch(), undefined);
  const circle = answering(...Array.from({ length: 20 }, () => ({ status: 302, location: URL_ })));
  await assert.rejects(circle.fetch(), /does not end/);
  assert.equal(circle.asked.length, 6);
});

test('a name that does not exist has no document', async () => {
  const nowhere = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  assert.equal(await answering(nowhere).fetch(), undefined);
});

test('why it failed is told, in words for people', async () => {
  const failing = (code: string) => Object.assign(new Error(`getaddrinfo ${code}`), { code });
  for (const [code, words] of [
    ['ECONNREFUSED', 'nobody answers there'],
    ['EPROTO', 'what answers there does not speak TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'what answers there does not speak TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
    ['EHOSTDOWN', 'getaddrinfo EHOSTDOWN'],
  ] as const) {
    await assert.rejects(answering(failing(code)).fetch(), { message: words });
    await assert.rejects(answering(new AggregateError([failing(code)])).fetch(), { message: words });
  }
});

test('who does not answer is not waited for', async () => {
  const clock = new FakeClock();
  const silent: HttpsGet = (_, given) =>
    new Promise((_resolve, reject) => {
      given.addEventListener('abort', () => {
        reject(given.reason as Error);
      });
    });
  const asked = assert.rejects(webFetch({ clock, get: silent })(URL_, signal), /no answer within 10 s/);
  await clock.advance(10_000);
  await asked;
});

test('a server is there when it greets as its protocol does', async () => {
  const greets = async (protocol: MailServer['protocol'], greeting: string): Promise<boolean> => {
    const { client, server } = memoryWirePair({ clock: systemClock });
    server.write(greeting);
    await server.flush();
    const look = probe(systemClock, () => Promise.resolve(client));
    return await look({ protocol, host: 'b.test', port: 110, protection: 'starttls' }, signal);
  };
  assert.equal(await greets('pop3', '+OK hi\r\n'), true);
  assert.equal(await greets('smtp', '220 hi\r\n'), true);
  assert.equal(await greets('pop3', '220 hi\r\n'), false);
  assert.equal(await greets('smtp', '554 no\r\n'), false);
});
