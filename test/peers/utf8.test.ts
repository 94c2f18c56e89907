/** Python's poplib and email take mail with headers in UTF-8, with and without saying UTF8 (RFC 6856). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sendMail } from '../conversation.ts';
import { PASSWORD, run, startHost } from '../program.ts';
import { requirePeer } from './peers.ts';

const JOERG = 'jörg@a.test';
const UTF8_PY = fileURLToPath(new URL('utf8.py', import.meta.url));
const NAME = `${'日本語'.repeat(15)} Käse.txt`;

const LETTER = [
  'From: Zoë <zoë@x.test>',
  'Subject: Grüße',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  '--outer',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  'Content-Description: Begrüßung',
  '',
  'Grüße',
  '--outer',
  'Content-Type: message/global',
  '',
  'Subject: Käse',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Disposition: attachment; filename="${NAME}"`,
  '',
  'Käse',
  '--inner--',
  '--outer--',
  '',
].join('\n');

interface Seen {
  readonly listed: number;
  readonly octets: number;
  readonly top: boolean;
  readonly parts: readonly {
    readonly type: string;
    readonly subject: string | null;
    readonly description: string | null;
    readonly filename: string | null;
  }[];
}

test('[6857-5-parts] poplib fetches either form whole, and email reads the names and subjects of the one in ASCII at every depth', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const host = await startHost(t, { accounts: [JOERG] });
  const mail = { from: 'zoë@x.test', to: [JOERG], text: LETTER, parameters: ' SMTPUTF8 BODY=8BITMIME' };
  assert.match(await sendMail(host.port('smtp'), mail), /^250/);
  for (const utf8 of [false, true]) {
    const spec = { port: host.port('pop3'), user: JOERG, password: PASSWORD, utf8, lines: 12 };
    const ran = await run(python, [UTF8_PY, JSON.stringify(spec)]);
    assert.equal(ran.code, 0, ran.stderr);
    const { listed, octets, top, parts } = JSON.parse(ran.stdout) as Seen;
    assert.equal(octets, listed);
    assert.ok(top);
    assert.deepEqual(
      parts.map(({ type }) => type),
      utf8
        ? ['multipart/mixed', 'text/plain', 'message/global', 'multipart/mixed', 'text/plain']
        : ['multipart/mixed', 'text/plain', 'message/rfc822', 'multipart/mixed', 'text/plain'],
    );
    if (utf8) continue;
    // What Python makes of raw UTF-8 in a header is its own affair.
    assert.deepEqual(
      parts.map(({ subject }) => subject).filter((subject) => subject !== null),
      ['Grüße', 'Käse'],
    );
    assert.equal(parts[1]?.description, 'Begrüßung');
    assert.equal(parts[4]?.filename, NAME);
  }
});
