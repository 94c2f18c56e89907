/** Uploads (RFC 8620 §6.1): octets that a client handed in, kept until an email has been made of them or a day is over. */
import type { MailReads, MailWrites, Upload } from '../mail.ts';
import { contentOf, discardFile } from './message.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function* putUpload(p: Parameters<MailWrites['putUpload']>[0]): Steps<ReturnType<MailWrites['putUpload']>> {
  const known = yield* first('SELECT id FROM uploads WHERE account = ? AND id = ?', p.account, p.id);
  if (known !== undefined) return 'done';
  const { content } = p;
  if (content.octets > p.most.octets) return 'too-many';
  yield* makeRoom(p);
  const [body, file] = content.place.kind === 'inline' ? [content.place.bytes, null] : [null, content.place.name];
  yield* run(
    'INSERT INTO uploads (account, id, type, at, octets, pop_octets, body, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    p.account,
    p.id,
    p.type,
    p.at,
    content.octets,
    content.popOctets,
    body,
    file,
  );
  return 'done';
}

/** RFC 8620 §6: the oldest go until there is room for the new one. */
function* makeRoom({ account, content, most }: Parameters<MailWrites['putUpload']>[0]): Steps<void> {
  const held = yield* rows<{ id: string; octets: number }>(
    'SELECT id, octets FROM uploads WHERE account = ? ORDER BY at, id',
    account,
  );
  let octets = content.octets + held.reduce((sum, one) => sum + one.octets, 0);
  let number = held.length + 1;
  for (const old of held) {
    if (number <= most.number && octets <= most.octets) return;
    yield* removeUploads('account = ? AND id = ?', account, old.id);
    octets -= old.octets;
    number--;
  }
}

interface UploadRow {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly octets: number;
  readonly pop_octets: number;
  readonly body: Uint8Array | null;
  readonly file: string | null;
}

export function* upload(p: Parameters<MailReads['upload']>[0]): Steps<Upload | undefined> {
  const row = yield* first<UploadRow>(
    'SELECT id, type, at, octets, pop_octets, body, file FROM uploads WHERE account = ? AND id = ?',
    p.account,
    p.id,
  );
  return row === undefined ? undefined : { id: row.id, type: row.type, at: row.at, content: contentOf(row) };
}

/** True: more is left. */
export function* sweepUploads(p: Parameters<MailWrites['sweepUploads']>[0]): Steps<boolean> {
  const old = yield* rows<{ account: string; id: string }>(
    'SELECT account, id FROM uploads WHERE at < ? ORDER BY at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { account, id } of old) yield* removeUploads('account = ? AND id = ?', account, id);
  return old.length >= p.limit;
}

export function removeUploadsOf(account: string): Steps<void> {
  return removeUploads('account = ?', account);
}

function* removeUploads(which: string, ...values: readonly string[]): Steps<void> {
  const gone = yield* rows<{ file: string | null }>(`DELETE FROM uploads WHERE ${which} RETURNING file`, ...values);
  for (const { file } of gone) if (file !== null) yield* discardFile(file);
}
