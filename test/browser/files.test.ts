/**
 * What a message brings along, and what stands around its text, in a real browser: files looked at and saved, all of them as one
 * ZIP that a real unzip reads; the details, the header, the source, and the message itself as a file.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Download, Page } from 'playwright-core';
import { sendMail } from '../conversation.ts';
import { requirePeer } from '../peers/peers.ts';
import { PASSWORD, run } from '../program.ts';
import { assertAccessible } from './axe.ts';
import { useChromium } from './browser.ts';
import { openLetter, openMailbox, overflow, startWebmail } from './webmail.ts';

const chromium = useChromium();
const ME = 'anna@a.test';
const PHONE = { name: 'phone', theme: 'light', viewport: { width: 360, height: 640 } } as const;

const ALL_OCTETS = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
const LONG = `first line\n${'0123456789abcdef'.repeat(40_000)}\nlast line\n`;
const INNER = `From: Carla <carla@c.test>
Subject: The letter inside
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=in

--in
Content-Type: text/plain

Words inside.
--in
Content-Type: text/plain; name=deep.txt
Content-Disposition: attachment; filename=deep.txt

deep
--in
Content-Type: text/plain
Content-Disposition: attachment; filename=deep.txt

deeper
--in--
`;

interface Attached {
  readonly type: string;
  /** The parameter of Content-Disposition. */
  readonly name: string;
  readonly octets: Buffer;
  /** Its name in the ZIP. */
  readonly zipped: string;
}

const FILES: readonly Attached[] = [
  { type: 'application/octet-stream', name: 'filename="all.bin"', octets: ALL_OCTETS, zipped: 'all.bin' },
  { type: 'application/octet-stream', name: 'filename="ALL.BIN"', octets: Buffer.from('other'), zipped: 'ALL (2).BIN' },
  { type: 'text/csv; charset=iso-8859-1', name: 'filename="list.csv"', octets: Buffer.from('Name;Größe\r\nBoot;\t12\r\n', 'latin1'), zipped: 'list.csv' }, // prettier-ignore
  { type: 'text/plain', name: 'filename="../../../etc/long.txt"', octets: Buffer.from(LONG), zipped: '__.._.._etc_long.txt' }, // prettier-ignore
  { type: 'text/html', name: "filename*=utf-8''%C3%BCn%C3%AF%20%E2%80%93%20%E6%97%A5%E6%9C%AC.html", octets: Buffer.from('<script>alert(1)</script><b>\u202ebold</b>'), zipped: 'ünï – 日本.html' }, // prettier-ignore
  {
    type: 'application/pdf',
    name: 'filename="plan.pdf"',
    octets: Buffer.from('%PDF-1.4\n%%EOF\n'),
    zipped: 'plan.pdf',
  },
];

const part = ({ type, name, octets }: Attached): string =>
  [
    '--out',
    `Content-Type: ${type}`,
    `Content-Disposition: attachment; ${name}`,
    'Content-Transfer-Encoding: base64',
    '',
    (octets.toString('base64').match(/.{1,76}/g) ?? []).join('\n'),
    '',
  ].join('\n');

const MESSAGE = `From: "Bob Stone" <bob@b.test>
Sender: Office <office@b.test>
Reply-To: Bob at home <home@b.test>
To: Anna <${ME}>, carla@c.test
Cc: dana@d.test
Date: Thu, 26 Nov 2026 10:00:00 +0100
Message-ID: <files.1@b.test>
Subject: Files of every kind
X-Folded: one
 two
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: text/plain

Here they are.
${FILES.map(part).join('')}--out
Content-Type: message/rfc822

${INNER}--out--
`;

const sha = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

/** What Python's zipfile finds: names and SHA-256 of the octets; it checks every checksum. */
async function unzipped(python: string, path: string): Promise<Readonly<Record<string, string>>> {
  const script = `
import sys, json, zipfile, hashlib
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: hashlib.sha256(z.read(i)).hexdigest() for i in z.infolist()}))`;
  const { code, stdout, stderr } = await run(python, ['-c', script, path]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, string>;
}

async function saved(
  page: Page,
  press: () => Promise<void>,
): Promise<{ readonly file: Download; readonly path: string }> {
  const waiting = page.waitForEvent('download');
  await press();
  const file = await waiting;
  return { file, path: await file.path() };
}

const dialog = (page: Page) => page.getByRole('dialog');
const tile = (page: Page, name: string) => page.locator('.file').filter({ hasText: name });

test('files and details', async (t) => {
  const web = await startWebmail(t, { accounts: [ME] });
  const { host } = web;
  assert.match(await sendMail(host.port('smtp'), { from: 'bob@b.test', to: [ME], text: MESSAGE }), /^250/);
  const login = { user: ME, password: PASSWORD };
  const text = `From: ${ME}\nTo: ${ME}\nSubject: Over a private line\n\nHello\n`;
  const private_ = { from: ME, to: [ME], text, tls: true, login };
  assert.match(await sendMail(host.port('submission', 'implicit'), private_), /^250/);

  await t.test('all of them at once, as a ZIP that a real unzip reads: the same octets, safe names', async (t) => {
    const python = requirePeer(t, 'python3');
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined || python === undefined) return;
    const { page } = tab;
    await openLetter(page, 'Files of every kind');
    const { file, path } = await saved(page, () => page.getByRole('link', { name: 'Save all as .zip' }).click());
    assert.equal(file.suggestedFilename(), 'Files of every kind.zip');
    const expected = FILES.map(({ zipped, octets }) => [zipped, sha(octets)] as const);
    const inner = sha(Buffer.from(INNER.replaceAll('\n', '\r\n')).subarray(0, -2));
    assert.deepEqual(await unzipped(python, path), { ...Object.fromEntries(expected), 'message.eml': inner });
    // Of a message inside it, its own.
    await tile(page, 'message.eml').getByRole('button', { name: 'Open' }).click();
    await dialog(page).getByText('Words inside.').waitFor();
    const deep = await saved(page, () => dialog(page).getByRole('link', { name: 'Save all as .zip' }).click());
    assert.deepEqual(Object.keys(await unzipped(python, deep.path)), ['deep.txt', 'deep (2).txt']);
    await dialog(page).getByRole('button', { name: 'View' }).first().click();
    await page.getByRole('dialog', { name: 'deep.txt' }).getByText('deep', { exact: true }).waitFor();
    assert.equal(tab.downloads.length, 2);
  });

  await t.test('text is looked at as text, whatever it is, and its beginning only; a PDF is saved', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME, { look: PHONE });
    if (tab === undefined) return;
    const { page } = tab;
    await openLetter(page, 'Files of every kind');
    const view = async (name: string): Promise<string> => {
      await tile(page, name).getByRole('button', { name: 'View' }).click();
      const letters = await dialog(page).locator('.file-letters').innerText();
      assert.deepEqual(await overflow(page), []);
      return letters;
    };
    const close = () => page.keyboard.press('Escape');
    assert.equal((await view('list.csv')).trimEnd(), 'Name;Größe\nBoot;\t12');
    await assertAccessible(page);
    await close();
    assert.equal(await view('日本.html'), '<script>alert(1)</script><b>U+202Ebold</b>');
    await close();
    const long = await view('long.txt');
    assert.ok(long.startsWith('first line\n') && !long.includes('last line'));
    await dialog(page).getByText('Only the first 500 kB are shown here.').waitFor();
    const { path } = await saved(page, () => dialog(page).getByRole('link', { name: 'Save' }).click());
    assert.equal((await readFile(path)).toString(), LONG);
    await close();
    assert.equal(await tile(page, 'plan.pdf').getByRole('button', { name: 'View' }).count(), 0);
    const pdf = await saved(page, () => tile(page, 'plan.pdf').getByRole('link', { name: 'Save' }).click());
    assert.deepEqual(await readFile(pdf.path), FILES.at(-1)?.octets);
    assert.equal(pdf.file.suggestedFilename(), 'plan.pdf');
  });

  await t.test('the details say who, when, how large, and how it came', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page } = tab;
    const details = async (subject: string): Promise<Readonly<Record<string, string>>> => {
      await openLetter(page, subject);
      await page.getByRole('button', { name: 'Details' }).click();
      await page.locator('.message-details .chip').first().waitFor();
      return page.evaluate(() =>
        Object.fromEntries(
          [...document.querySelectorAll('.message-details > div')].map((one) => [
            one.querySelector('dt')?.textContent ?? '',
            (one.querySelector('dd') as HTMLElement).innerText.replaceAll(/\s+/g, ' ').trim(),
          ]),
        ),
      );
    };
    const facts = await details('Files of every kind');
    const { Date: date, Received: received, Size: size, 'How it came': came, ...rest } = facts;
    assert.deepEqual(rest, {
      From: 'Bob Stone <bob@b.test>',
      'Sent by': 'Office <office@b.test>',
      'Replies to': 'Bob at home <home@b.test>',
      To: `Anna <${ME}> carla@c.test`,
      Cc: 'dana@d.test',
      'Message-ID': '<files.1@b.test>',
    });
    assert.match(date ?? '', /26 Nov 2026|Nov 26, 2026/);
    assert.match(received ?? '', /20\d\d/);
    assert.match(size ?? '', /^8\d\d kB$/);
    assert.equal(came, 'from client.test by ESMTP not encrypted');
    await assertAccessible(page);
    const other = await details('Over a private line');
    assert.match(other['How it came'] ?? '', /by ESMTPSA? encrypted, TLS 1\.3/);
  });

  await t.test('all headers, the source, and the message as a file: the octets that came', async (t) => {
    const tab = await openMailbox(t, chromium, web, ME);
    if (tab === undefined) return;
    const { page } = tab;
    await openLetter(page, 'Files of every kind');
    const choose = async (item: string): Promise<void> => {
      await page.locator('.message-tools').getByRole('button', { name: 'More for this message' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('All headers');
    const fields = dialog(page).locator('.header-fields > div');
    await fields.first().waitFor();
    const names = await fields.locator('dt').allInnerTexts();
    assert.ok(names.indexOf('Received') >= 0 && names.indexOf('Received') < names.indexOf('From'));
    assert.equal(await fields.filter({ hasText: 'X-Folded' }).locator('dd').innerText(), 'one two');
    await assertAccessible(page);
    await page.keyboard.press('Escape');
    await choose('Raw source');
    await dialog(page)
      .getByText(/^Only the first/)
      .waitFor();
    const source = await dialog(page).locator('.source').innerText();
    assert.match(source, /Reply-To: Bob at home <home@b\.test>/);
    assert.ok(source.length <= 400_000);
    await page.keyboard.press('Escape');
    const { file, path } = await saved(page, () => choose('Save as .eml'));
    assert.equal(file.suggestedFilename(), 'Files of every kind.eml');
    const octets = (await readFile(path)).toString('latin1');
    const sent = Buffer.from(MESSAGE.replaceAll('\n', '\r\n')).toString('latin1');
    assert.ok(octets.endsWith(sent), 'what was sent, octet for octet');
    assert.match(octets.slice(0, -sent.length), /^Return-Path: <bob@b\.test>\r\n[\s\S]*Received: from client\.test /);
  });
});
