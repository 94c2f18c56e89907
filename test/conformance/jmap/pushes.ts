/** Cases for push subscriptions (RFC 8620 §7.2), with a push service on loopback. */
import { createECDH, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeSelfSigned } from '../../../src/net/index.ts';
import { fresh, group, holds, like, message, same } from './client.ts';
import type { Answered, User } from './client.ts';

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly octets: Buffer;
}

/** Takes what is posted to it; whoever asks for the next waits for it. */
class PushService {
  readonly url: string;
  readonly #close: () => void;
  readonly #posted: Posted[] = [];
  #wake: () => void = () => undefined;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async open(): Promise<PushService> {
    const { certPem, keyPem } = await makeSelfSigned({ names: ['push.test'], addresses: [], days: 1, now: Date.now() });
    const server = createServer({ cert: certPem, key: keyPem }, (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        outgoing.writeHead(201).end();
        service.#posted.push({ headers: incoming.headers, octets: Buffer.concat(chunks) });
        service.#wake();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const service = new PushService(`https://127.0.0.1:${String(port)}/push`, () => {
      server.closeAllConnections();
      server.close();
    });
    return service;
  }

  async next(): Promise<Posted> {
    const signal = AbortSignal.timeout(15_000);
    while (this.#posted.length === 0)
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => {
          reject(new Error('nothing was posted'));
        });
      });
    return this.#posted.shift() as Posted;
  }

  close(): void {
    this.#close();
  }
}

function jsonOf({ octets }: Posted): Answered {
  return JSON.parse(octets.toString()) as Answered;
}

async function subscribing(user: User, more: Answered, play: (id: string, service: PushService) => Promise<void>) {
  const service = await PushService.open();
  try {
    const made = await user.made('PushSubscription', { deviceClientId: fresh('device'), url: service.url, ...more });
    await play(made['id'] as string, service);
    await user.destroyed('PushSubscription', [made['id'] as string]);
  } finally {
    service.close();
  }
}

/** A private key on P-256, the secret, and both as the subscription names them. */
function newKeys(): { readonly pair: ReturnType<typeof createECDH>; readonly auth: Buffer; readonly keys: Answered } {
  const [pair, auth] = [createECDH('prime256v1'), randomBytes(16)];
  return { pair, auth, keys: { p256dh: pair.generateKeys('base64url'), auth: auth.toString('base64url') } };
}

/** RFC 8291 §4, by its own steps. */
function opened({ pair, auth }: Pick<ReturnType<typeof newKeys>, 'pair' | 'auth'>, octets: Buffer): Answered {
  const [salt, sender] = [octets.subarray(0, 16), octets.subarray(21, 21 + (octets[20] ?? 0))];
  const sealed = octets.subarray(21 + sender.length);
  const derived = (input: Uint8Array, by: Uint8Array, info: string | Uint8Array, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', input, by, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
  const input = derived(pair.computeSecret(sender), auth, info, 32);
  const nonce = derived(input, salt, 'Content-Encoding: nonce\0', 12);
  const cipher = createDecipheriv('aes-128-gcm', derived(input, salt, 'Content-Encoding: aes128gcm\0', 16), nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString()) as Answered;
}

export const PUSHES = group('Push subscriptions', [
  [
    '8620-7.2-not-https',
    'must',
    'No push goes to an address without encryption',
    async ({ ann }) => {
      const wish = { deviceClientId: 'a', url: 'http://b.test/' };
      like(await ann.notMade('PushSubscription', wish), { type: 'invalidProperties', properties: ['url'] }, 'error');
    },
  ],
  [
    '8620-7.2-get',
    'must',
    'PushSubscription/get has no account and no state',
    async ({ ann }) => {
      const got = await ann.ok('PushSubscription/get', { ids: null });
      same(Object.keys(got).toSorted(), ['list', 'notFound'], 'response');
    },
  ],
  [
    '8620-7.2-set',
    'must',
    'PushSubscription/set has no account and no states',
    async ({ ann }) => {
      const set = await ann.ok('PushSubscription/set', {});
      const names = ['created', 'destroyed', 'notCreated', 'notDestroyed', 'notUpdated', 'updated'];
      same(Object.keys(set).toSorted(), names, 'response');
    },
  ],
  [
    '8620-7.2-way',
    'must',
    'A code is posted, brought back, and then what changed is posted',
    async ({ ann }) =>
      subscribing(ann, { types: ['Email'] }, async (id, service) => {
        const code = jsonOf(await service.next());
        like(code, { '@type': 'PushVerification', pushSubscriptionId: id, verificationCode: /./ }, 'code');
        const { verificationCode } = code;
        const wrong = await ann.notChanged('PushSubscription', id, {
          verificationCode: `${String(verificationCode)}x`,
        });
        like(wrong, { type: 'invalidProperties' }, 'another code');
        await ann.changed('PushSubscription', id, { verificationCode });
        const [got] = (await ann.ok('PushSubscription/get', { ids: [id] }))['list'] as Answered[];
        like(got, { id, verificationCode, types: ['Email'], expires: /Z$/ }, 'subscription');
        await ann.letter(await ann.mailbox(), message([]));
        const { headers, octets } = await service.next();
        same([headers['content-type'], headers['content-encoding']], ['application/json', undefined], 'headers');
        holds(/^\d+$/.test(headers['ttl'] as string), 'a TTL', headers);
        const changed = { [ann.account]: { Email: await ann.state('Email') } };
        same(JSON.parse(octets.toString()), { '@type': 'StateChange', changed }, 'push');
      }),
  ],
  [
    '8620-7.2-encrypted',
    'must',
    'With keys, what is posted is encrypted as RFC 8291 says',
    async ({ ann }) => {
      const { keys, ...own } = newKeys();
      await subscribing(ann, { keys }, async (id, service) => {
        const { headers, octets } = await service.next();
        same([headers['content-type'], headers['content-encoding']], ['application/json', 'aes128gcm'], 'headers');
        like(opened(own, octets), { '@type': 'PushVerification', pushSubscriptionId: id }, 'code');
      });
    },
  ],
  [
    '8620-7.2-secret',
    'must',
    'The address and the keys are given to nobody',
    async ({ ann }) => {
      await ann.refused('forbidden', 'PushSubscription/get', { properties: ['url'] });
      await ann.refused('forbidden', 'PushSubscription/get', { properties: ['keys'] });
    },
  ],
  [
    '8620-7.2-of-others',
    'must',
    'Somebody else’s subscription is not there',
    async ({ ann, bob }) =>
      subscribing(ann, {}, async (id) => {
        same(await bob.ok('PushSubscription/get', { ids: [id] }), { list: [], notFound: [id] }, 'get');
        like(await bob.notChanged('PushSubscription', id, { types: null }), { type: 'notFound' }, 'update');
        like(await bob.notDestroyed('PushSubscription', id), { type: 'notFound' }, 'destroy');
      }),
  ],
  [
    '8620-7.2-immutable',
    'must',
    'An address stays; types and expires may change',
    async ({ ann }) =>
      subscribing(ann, {}, async (id) => {
        for (const patch of [{ url: 'https://b.test/' }, { deviceClientId: 'x' }, { keys: newKeys().keys }])
          like(await ann.notChanged('PushSubscription', id, patch), { properties: Object.keys(patch) }, 'error');
        const expires = new Date(Date.now() + 50 * 60 * 60_000).toISOString().replace(/\.\d+Z/, 'Z');
        await ann.changed('PushSubscription', id, { types: ['Mailbox'], expires });
        const { list } = await ann.ok('PushSubscription/get', { ids: [id], properties: ['types', 'expires'] });
        same(list, [{ id, types: ['Mailbox'], expires }], 'subscription');
      }),
  ],
]);
