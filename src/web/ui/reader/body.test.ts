import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeEmail } from '../jmap/fake-server.ts';
import type { BodyPart } from '../jmap/types.ts';
import { bodyOf, filesOf, kindOf, picturesInside } from './body.ts';

const part = (partId: string, type: string, some: Partial<BodyPart> = {}): BodyPart => ({
  partId,
  blobId: `p-${partId}`,
  size: 10,
  name: null,
  type,
  charset: null,
  disposition: null,
  cid: null,
  ...some,
});
const value = (text: string, some = {}) => ({ value: text, isEncodingProblem: false, isTruncated: false, ...some });

const both = fakeEmail({
  id: 'e',
  textBody: [part('1', 'text/plain')],
  htmlBody: [part('2', 'text/html')],
  attachments: [
    part('3', 'image/png', { cid: 'logo@x', disposition: 'inline' }),
    part('4', 'application/pdf', { name: 'plan.pdf', disposition: 'attachment' }),
    part('5', 'image/svg+xml', { cid: 'evil@x', disposition: 'inline' }),
  ],
  bodyValues: { '1': value('plain'), '2': value('<p>rich<img src="cid:logo@x">', { isTruncated: true }) },
});

test('body: HTML where there is some, text when that is preferred', () => {
  assert.deepEqual(bodyOf(both, false), {
    html: ['<p>rich<img src="cid:logo@x">'],
    text: 'plain',
    flowed: undefined,
    hasBoth: true,
    isTruncated: true,
    isDamaged: false,
  });
  assert.equal(bodyOf(both, true).html, undefined);
  assert.equal(bodyOf(both, true).isTruncated, false);
  const htmlOnly = fakeEmail({
    id: 'h',
    textBody: [part('2', 'text/html')],
    htmlBody: [part('2', 'text/html')],
    bodyValues: { '2': value('<p>x') },
  });
  assert.deepEqual(bodyOf(htmlOnly, true).html, ['<p>x']);
  assert.equal(bodyOf(htmlOnly, true).hasBoth, false);
});

test('body: flowed text says so in its header', () => {
  const flowed = (field: string) =>
    bodyOf(fakeEmail({ id: 'f', textBody: [part('1', 'text/plain', { 'header:Content-Type:asRaw': field })] }), false)
      .flowed;
  assert.equal(flowed(' text/plain; charset=utf-8; format=flowed'), 'yes');
  assert.equal(flowed(' text/plain; Format="Flowed";\r\n delsp=Yes'), 'delsp');
  assert.equal(flowed(' text/plain; delsp=yes'), undefined);
});

test('body: what the HTML shows itself is no file beside it', () => {
  assert.deepEqual(
    filesOf(both).map(({ partId }) => partId),
    ['4', '5'],
  );
  assert.deepEqual(
    picturesInside(both).map(({ partId }) => partId),
    ['3'],
  );
});

test('body: kinds of files, by type and not by name', () => {
  assert.equal(kindOf({ type: 'image/svg+xml', name: 'a.png' }), 'other');
  for (const type of [
    'text/plain',
    'text/csv',
    'text/html',
    'text/calendar',
    'application/json',
    'application/atom+xml',
  ])
    assert.equal(kindOf({ type, name: 'x' }), 'text', type);
  assert.equal(kindOf({ type: 'application/octet-stream', name: 'notes.TXT' }), 'text');
  assert.equal(kindOf({ type: 'application/octet-stream', name: 'notes.txt.exe' }), 'other');
  assert.equal(kindOf({ type: 'message/rfc822', name: null }), 'message');
  assert.equal(kindOf({ type: 'application/octet-stream', name: 'a.zip' }), 'archive');
  assert.equal(kindOf({ type: 'application/x-msdownload', name: 'evil.pdf.exe' }), 'other');
});
