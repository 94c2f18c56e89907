/** Whatever a client writes into its header fields: nothing throws, and nobody becomes who they are not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { callerOf } from './caller.ts';
import { setCookie, tokenIn } from './cookie.ts';
import { downloadHeaders } from './download.ts';
import { readWishes } from './event-wishes.ts';
import { namesInFolder } from './file-name.ts';
import { mayChange, mayRead } from './origin.ts';

const ORIGIN = 'http://127.0.0.1:2080';

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) * 10 });

/** Texts that look like names and ports, more often than chance would have it. */
const hostLike = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('localhost:2080', '127.0.0.1:2080', '[::1]:2080', 'mx.a.test:2080'),
  fc
    .array(
      fc.constantFrom(
        'localhost',
        '127.0.0.1',
        '[::1]',
        '::1',
        ':',
        '2080',
        '.',
        'evil.test',
        '[',
        ']',
        '@',
        '/',
        '%',
        '\u0130',
        ' ',
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
);

test('only a loopback name with its port is ours, whatever else the field holds', () => {
  fc.assert(
    fc.property(fc.array(hostLike, { maxLength: 2 }), hostLike, hostLike, (hosts, forwardedFor, forwardedProto) => {
      const local = { address: '127.0.0.1', port: 2080 };
      const call = { peer: '127.0.0.1', local, tls: false, hosts, forwardedFor, forwardedProto };
      const caller = callerOf(call, { names: ['mx.a.test'], proxies: [] });
      if (typeof caller === 'string') return;
      assert.equal(hosts.length, 1);
      assert.match(hosts[0] ?? '', /^(localhost|127\.0\.0\.1|\[[0:]*:0*1\]):0*2080$/i);
      assert.equal(caller.address, '127.0.0.1');
    }),
  );
});

test('another origin, or another site, neither reads nor changes anything', () => {
  const field = fc.option(fc.oneof(fc.string(), fc.constantFrom(ORIGIN, `${ORIGIN}/`, 'null', 'same-origin', 'none')), {
    nil: undefined,
  });
  fc.assert(
    fc.property(field, field, fc.boolean(), (origin, site, withCookie) => {
      const foreign = (origin !== undefined && origin !== ORIGIN) || site === 'cross-site' || site === 'same-site';
      if (foreign)
        assert.equal(mayRead({ origin, site }, ORIGIN) || mayChange({ origin, site }, ORIGIN, withCookie), false);
      if (withCookie && mayChange({ origin, site }, ORIGIN, true))
        assert.ok(origin === ORIGIN || site === 'same-origin');
    }),
  );
});

test('a cookie is found among others, whatever they hold', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
  const others = fc.array(
    fc.string().map((text) => text.replaceAll(/[;]|__Host-posthorn/g, '')),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(others, token, others, (before, value, behind) => {
      const pair = setCookie(ORIGIN, value, 1).split(';')[0] ?? '';
      assert.equal(tokenIn([...before, pair, ...behind].join('; '), ORIGIN), value);
      assert.equal(tokenIn([...before, ...behind].join('; '), ORIGIN), undefined);
    }),
  );
});

test('a file name is one line of ASCII that says the name, and the type stays what it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.boolean(), fc.boolean(), (name, inline, browser) => {
      const fields = downloadHeaders({ type: 'text/html', name, octets: 1 }, { inline, browser });
      const disposition = fields['Content-Disposition'] ?? '';
      const [, ascii = '', encoded = ''] =
        /^attachment; filename="([ !#-[\]-~]*)"; filename\*=UTF-8''([!#$&+\-.^_`|~0-9A-Za-z%]+)$/.exec(disposition) ??
        [];
      assert.notEqual(encoded, '', disposition);
      const said = decodeURIComponent(encoded);
      assert.ok(Buffer.byteLength(said) <= 255 && !/[/\\\p{Cc}\p{Cf}]/u.test(said) && !said.startsWith('.'));
      assert.ok(ascii.length > 0 && !/[/\\]/.test(ascii));
      new Headers(fields);
    }),
  );
});

test('names in one folder are safe, and no two are the same to any system', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('a', 'A', 'a (2)', 'con', '..', 'ü', 'u\u0308'),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), (names) => {
      const given = namesInFolder(names);
      assert.equal(new Set(given.map((one) => one.normalize('NFC').toLowerCase())).size, names.length);
      for (const one of given) {
        assert.ok(one !== '' && Buffer.byteLength(one) <= 255 && !one.startsWith('.'), one);
        assert.ok(!/[\p{Cc}\p{Cf}\p{Cs}/\\<>:"|?*]|[. ]$/u.test(one), one);
        assert.ok(!/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(one), one);
      }
    }),
  );
});

test('what is asked of the event source is read, or refused', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.string(),
      fc.option(fc.string(), { nil: undefined }),
      (types, closeafter, ping, id) => {
        const read = readWishes(new URLSearchParams({ types, closeafter, ping }), id);
        if ('status' in read) assert.equal(read.status, 400);
        else assert.ok(Number.isSafeInteger(read.ping) && ['state', 'no'].includes(read.closeafter));
      },
    ),
  );
});
