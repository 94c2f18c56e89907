/**
 * What a mailto: link may put into a new letter (RFC 6068): people, a subject and text. Other header fields it names
 * are left out (§7 warns of them), and attachments above all.
 */
import { readPeople } from './people.ts';
import type { Prefill } from './start.ts';

/** Characters of a link that are looked at. */
const LONGEST = 20_000;

/** A bare list of addresses is taken, too. */
export function readMailto(link: string): Prefill {
  const bare = link.slice(0, LONGEST).replace(/^mailto:/iu, '');
  if (bare === link) return { to: readPeople(link.slice(0, LONGEST)) };
  const [path = '', query = ''] = split(bare, '?');
  const found = new Map<string, string>([['to', decoded(path)]]);
  for (const field of query.split('&')) {
    const [name = '', value = ''] = split(field, '=');
    const key = decoded(name).toLowerCase();
    const before = found.get(key) ?? '';
    const joined = ['to', 'cc', 'bcc'].includes(key) && before !== '' ? `${before},` : '';
    found.set(key, joined + decoded(value));
  }
  const people = (name: string): Prefill['to'] => readPeople(oneLine(found.get(name) ?? ''));
  return {
    to: people('to') ?? [],
    cc: people('cc') ?? [],
    bcc: people('bcc') ?? [],
    subject: oneLine(found.get('subject') ?? ''),
    text: (found.get('body') ?? '').replaceAll(/\r\n?/gu, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f]/gu, ''),
  };
}

function split(text: string, sign: string): readonly string[] {
  const at = text.indexOf(sign);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `+` is itself here (RFC 6068 §5). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const oneLine = (text: string): string => text.replaceAll(/[\s\u0000-\u001f\u007f]+/gu, ' ').trim();
