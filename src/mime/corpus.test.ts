/**
 * 333 messages of other projects' tests (test/corpus/manifest.json says from where), held against what at least two of
 * three other readers say of them. Where we judge differently it says here why.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import {
  bodyLists,
  BodyTextReader,
  decodeFlowed,
  decodeTransfer,
  hasAttachment,
  headerForm,
  packTree,
  previewOf,
  TreeReader,
  unflowed,
  unpackTree,
  wordsOf,
} from './index.ts';
import type { Part, ReadTree } from './index.ts';

const FOLDER = new URL('../../test/corpus/', import.meta.url);

interface Message {
  readonly file: string;
  readonly sha256: string;
  readonly expect: {
    readonly subject: string;
    readonly from_first: string;
    readonly attachment_names: readonly string[];
    readonly attachments: readonly { readonly name: string; readonly sha256: string; readonly votes: number }[];
  };
}

const { messages } = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as {
  readonly messages: readonly Message[];
};

type Aspect = 'subject' | 'from' | 'names' | 'contents';

const NAMED_TEXT: readonly (readonly [Aspect, string])[] = [
  ['names', 'a text with a file name that is not the first of its multipart is an attachment (RFC 8621 §4.1.4)'],
];
const RAW_IN_WORD: readonly [Aspect, string] = ['subject', 'a raw octet in an encoded-word is of its charset'];
const RAW_IN_NAME: readonly [Aspect, string] = ['names', 'raw octets in the name of a file are windows-1252, else it has no name that can be read']; // prettier-ignore
const UTF7: readonly [Aspect, string] = ['subject', 'we know UTF-7'];

/** Why we say something else than two of the three others; where all three agree we do too. */
const JUDGED: Readonly<Record<string, readonly (readonly [Aspect, string])[]>> = {
  'cpython-msg_04.txt.eml': NAMED_TEXT,
  'cpython-msg_44.txt.eml': NAMED_TEXT,
  'mail-parser-001.eml': [UTF7],
  'mail-parser-005.eml': [UTF7],
  'mail-parser-009.eml': [RAW_IN_WORD],
  'mail-parser-015.eml': [RAW_IN_WORD],
  'mail-parser-016.eml': [RAW_IN_WORD, RAW_IN_NAME],
  'mail-parser-018.eml': [RAW_IN_WORD],
  'mail-parser-023.eml': [RAW_IN_WORD, RAW_IN_NAME],
  'mail-parser-024.eml': [RAW_IN_WORD],
  'mail-parser-025.eml': [RAW_IN_WORD],
  'mail-parser-026.eml': [RAW_IN_WORD, RAW_IN_NAME],
  'mail-parser-030.eml': NAMED_TEXT,
  'mail-parser-042.eml': NAMED_TEXT,
  'mail-parser-047.eml': NAMED_TEXT,
  'mail-parser-050.eml': [RAW_IN_WORD],
  'mail-parser-051.eml': [RAW_IN_WORD],
  'rspamd-alternative-related.eml': NAMED_TEXT,
  'rspamd-phish_sender2.eml': [['from', 'a field whose name has a line end in it is none (RFC 5322 §2.2, §4.5)']],
};

function read(content: Buffer, size: (n: number) => number): ReadTree {
  const reader = new TreeReader();
  for (let at = 0, n = 0; at < content.length; n++) {
    const end = at + size(n);
    reader.write(content.subarray(at, end));
    at = end;
  }
  return reader.end();
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

interface File {
  readonly name: string;
  readonly sha256: string;
}

/** Named parts, also of the messages within, as the others tell of them. */
function filesIn(content: Buffer, part: Part): readonly File[] {
  if (part.subParts !== undefined) return part.subParts.flatMap((one) => filesIn(content, one));
  const { octets } = decodeTransfer(content.subarray(part.bodyAt, part.bodyAt + part.bodyLength), part.encoding);
  if (part.type === 'message/rfc822' && part.name === undefined)
    return filesIn(octets, read(octets, () => octets.length).root);
  return part.name === undefined
    ? []
    : [{ name: part.name, sha256: createHash('sha256').update(octets).digest('hex') }];
}

function fieldText(tree: ReadTree, name: string): string {
  const field = tree.fields(1).find((one) => one.name === name);
  return field === undefined ? '' : headerForm(field, 'Text');
}

/** Of the first From field; a word without "@" and angle brackets the others leave out. */
function firstAuthor(tree: ReadTree): string {
  const field = tree.fields(1).find(({ name }) => name === 'from');
  const addresses = field === undefined ? [] : headerForm(field, 'Addresses');
  const shown = addresses.filter(({ name, email }) => name !== null || email.includes('@'));
  return shown.map(({ email }) => email.toLowerCase()).toSorted()[0] ?? ''; // prettier-ignore
}

function differences(
  { file, expect }: Message,
  content: Buffer,
  tree: ReadTree,
): readonly (readonly [Aspect, unknown, unknown])[] {
  const found: (readonly [Aspect, unknown, unknown])[] = [];
  const subject = oneLine(fieldText(tree, 'subject'));
  if (subject !== oneLine(expect.subject)) found.push(['subject', subject, expect.subject]);
  const from = firstAuthor(tree);
  if (from !== expect.from_first) found.push(['from', from, expect.from_first]);
  const files = filesIn(content, tree.root);
  const names = files.map(({ name }) => name).toSorted();
  if (names.join('\n') !== expect.attachment_names.toSorted().join('\n'))
    found.push(['names', names, expect.attachment_names]);
  const missing = expect.attachments.filter(({ sha256 }) => !files.some((one) => one.sha256 === sha256));
  if (missing.length > 0) found.push(['contents', missing.map(({ name }) => name), file]);
  return found;
}

for (const message of messages)
  test(`corpus: ${message.file}`, () => {
    const content = readFileSync(new URL(message.file, FOLDER));
    assert.equal(createHash('sha256').update(content).digest('hex'), message.sha256);
    const tree = read(content, () => content.length);
    const judged = JUDGED[message.file.replace('eml/', '')] ?? [];
    const found = differences(message, content, tree);
    assert.deepEqual(
      found.map(([aspect]) => aspect),
      judged.map(([aspect]) => aspect),
      JSON.stringify(found),
    );
    // Cuts of 1 to 97 octets, from the file's own digest.
    const seed = Number.parseInt(message.sha256.slice(0, 8), 16);
    const cut = read(content, (n) => 1 + ((seed + n * 31) % 97));
    assert.deepEqual([cut.root, cut.troubles], [tree.root, tree.troubles]);
    assert.deepEqual(unpackTree(packTree(tree)), { root: tree.root, troubles: tree.troubles });
  });

test('corpus: every message can be shown: texts, preview, words', () => {
  let octets = 0;
  for (const { file } of messages) {
    const content = readFileSync(new URL(file, FOLDER));
    const tree = read(content, () => content.length);
    const lists = bodyLists(tree.root);
    const pieces = lists.textBody
      .filter(({ type }) => type.startsWith('text/'))
      .map((part) => {
        const reader = new BodyTextReader(part);
        reader.write(content.subarray(part.bodyAt, part.bodyAt + part.bodyLength));
        return { isHtml: part.type === 'text/html', text: reader.end().value };
      });
    const preview = previewOf(pieces);
    assert.ok([...preview].length <= 256 && preview.isWellFormed(), file);
    octets += wordsOf(pieces).length;
    assert.equal(hasAttachment(tree.root, lists) && lists.attachments.length === 0, false);
    assert.ok(Buffer.byteLength(packTree(tree)) < 131_072);
  }
  assert.ok(octets > 50_000, `${octets}`);
});

/** Where mailparser's plain text, and ours, of a message whose body is one text, differ; and why. */
const TEXT_JUDGED: Readonly<Record<string, string>> = {
  'cpython-msg_14.txt.eml': 'a type that can not be read is plain text (RFC 2045 §5.2); it shows nothing',
  'mimekit-missing-subtype.txt.eml': 'the same',
  'mail-parser-001.eml': 'it does not know UTF-7',
  'mail-parser-005.eml': 'it does not know UTF-7',
  'mail-parser-034.eml': 'it does not know UTF-7',
};

test('corpus: plain texts are those that mailparser reads', async () => {
  let compared = 0;
  const differ: string[] = [];
  for (const { file } of messages) {
    const content = readFileSync(new URL(file, FOLDER));
    const { root } = read(content, () => content.length);
    if (root.type !== 'text/plain' || root.trouble !== undefined) continue;
    const reader = new BodyTextReader(root);
    reader.write(content.subarray(root.bodyAt, root.bodyAt + root.bodyLength));
    const { value, isEncodingProblem } = reader.end();
    if (isEncodingProblem) continue;
    const { text = '' } = await simpleParser(content);
    const ours = root.flowed === undefined ? value : unflowed(decodeFlowed(value, root.flowed));
    compared++;
    if (oneLine(text) !== oneLine(ours)) differ.push(file.replace('eml/', ''));
  }
  assert.deepEqual(differ.toSorted(), Object.keys(TEXT_JUDGED).toSorted());
  assert.ok(compared > 50, `${compared}`);
});
