/**
 * What an export writes beside the messages, a line each in `index.jsonl`: what is not in their octets. An import of
 * the same files reads it, and everything is as it was: UIDL, keywords, folders, the time it came.
 */
import { MAILBOX_ROLES } from '../../store/index.ts';
import type { MailboxRole } from '../../store/index.ts';

/** A mailbox by its names from the top, and what it is for: a Sent folder is one, whatever its name. */
export interface Folder {
  readonly path: readonly string[];
  readonly role?: MailboxRole;
}

export interface IndexRow {
  /** Relative to the index, with "/". */
  readonly file: string;
  /** Which message of an mbox it is, from 0; absent where the file is the message. */
  readonly n?: number;
  readonly uidl: string;
  readonly folders: readonly Folder[];
  readonly keywords: readonly string[];
  /** ISO 8601, in UTC. */
  readonly receivedAt: string;
  readonly octets: number;
}

/** In the folder of an export; beside an mbox it stands behind the mbox's name and a dot. */
export const INDEX = 'index.jsonl';

export function formatRow(row: IndexRow): string {
  return `${JSON.stringify(row)}\n`;
}

const ROLES: ReadonlySet<string> = new Set(MAILBOX_ROLES);

/** RFC 1939 §7: 1 to 70 octets from 0x21 to 0x7E. */
const UIDL = /^[!-~]{1,70}$/;
/** RFC 8621 §4.1.1. */
const KEYWORD = /^[!-~]{1,255}$/;
const NOT_IN_KEYWORDS = /[()\]{%*"\\]/;

/** Undefined: it is none, or says too little to be of use. What of it can't be right is left out. */
export function readRow(line: string): IndexRow | undefined {
  const row = parsed(line);
  if (typeof row?.['file'] !== 'string' || leadsOut(row['file'])) return undefined;
  const { file, n, uidl, receivedAt, octets } = row;
  if (typeof uidl !== 'string' || !UIDL.test(uidl)) return undefined;
  if (typeof receivedAt !== 'string' || Number.isNaN(Date.parse(receivedAt))) return undefined;
  return {
    file,
    ...(typeof n === 'number' && Number.isSafeInteger(n) && n >= 0 ? { n } : {}),
    uidl,
    folders: listOf(row['folders'])
      .map(folderOf)
      .filter((one) => one !== undefined),
    keywords: textsOf(row['keywords']).filter((one) => KEYWORD.test(one) && !NOT_IN_KEYWORDS.test(one)),
    receivedAt,
    octets: typeof octets === 'number' ? octets : 0,
  };
}

/** An export moves its own files about by these names, and touches nothing outside of its directory. */
function leadsOut(file: string): boolean {
  return file.startsWith('/') || file.includes('\0') || file.split('/').includes('..');
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(line: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === 'string');
}

function folderOf(value: unknown): Folder | undefined {
  const fields = fieldsOf(value);
  const path = textsOf(fields?.['path']);
  const role = fields?.['role'];
  if (path.length === 0) return undefined;
  return typeof role === 'string' && ROLES.has(role) ? { path, role: role as MailboxRole } : { path };
}
