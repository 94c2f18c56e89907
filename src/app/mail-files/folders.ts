/** Mailboxes as folders of files: their names from the top, and how those are written as names of directories. */
import { createHash } from 'node:crypto';
import { DirectoryError } from '../../accounts/index.ts';
import type { MailboxRow, Store } from '../../store/index.ts';
import type { Folder } from './index-row.ts';

/** As JMAP has it: mailboxes 10 deep, names of 255 octets. */
const DEPTH = 10;
const LONGEST_NAME = 255;

export function foldersOf(rows: readonly MailboxRow[]): ReadonlyMap<number, Folder> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const pathOf = ({ name, parent }: MailboxRow): readonly string[] => {
    const above = parent === undefined ? undefined : byId.get(parent);
    return above === undefined ? [name] : [...pathOf(above), name];
  };
  return new Map(
    rows.map((row) => [row.id, { path: pathOf(row), ...(row.role === undefined ? {} : { role: row.role }) }]),
  );
}

/** The path in which a folder's messages lie, its parts safe as names of files and different for different folders. */
export function directoryOf({ path }: Folder): string {
  return path.map(fileName).join('/');
}

/** Names that are something else in an export. */
const TAKEN = /^(?:cur|new|tmp)$|^index\.jsonl$|\.(?:mbox|part|eml)$/i;
const LONGEST_FILE_NAME = 180;

function fileName(name: string): string {
  const safe = name.replaceAll(/[/\\:%*?"<>|\p{Cc}]|^[.~ ]|[. ]$/gu, percent);
  const free = TAKEN.test(safe) ? safe.replace(/.$/u, percent) : safe;
  if (Buffer.byteLength(free) <= LONGEST_FILE_NAME) return free;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${free.slice(0, 40)}%${digest}`;
}

function percent(character: string): string {
  return [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** The mailboxes of an account while mail is put into them; those that are missing are made. */
export class Folders {
  readonly #store: Store;
  readonly #account: string;
  readonly #now: () => number;
  readonly #found = new Map<string, Promise<number>>();
  #rows: readonly MailboxRow[] | undefined;

  constructor(store: Store, account: string, now: () => number) {
    this.#store = store;
    this.#account = account;
    this.#now = now;
  }

  /** The mailbox's id. Throws a DirectoryError where it can't be made. */
  async mailbox(folder: Folder): Promise<number> {
    const key = JSON.stringify([folder.role, ...folder.path]);
    const known = this.#found.get(key) ?? this.#find(folder);
    this.#found.set(key, known);
    return await known;
  }

  /** The mailbox with this name, "Work/2026" for one in another; undefined where there is none. */
  async named(text: string): Promise<number | undefined> {
    const rows = await this.#all();
    const wanted = text.toLowerCase();
    for (const [id, { path, role }] of foldersOf(rows))
      if (path.join('/').toLowerCase() === wanted || role === wanted) return id;
    return undefined;
  }

  async #find({ path, role }: Folder): Promise<number> {
    const rows = await this.#all();
    const same = role === undefined ? undefined : rows.find((row) => row.role === role);
    if (same !== undefined) return same.id;
    let parent: number | undefined;
    for (const name of path.map(mailboxName).slice(0, DEPTH)) parent = await this.#child(parent, name);
    if (parent === undefined) throw new DirectoryError('A folder needs a name.');
    return parent;
  }

  async #child(parent: number | undefined, name: string): Promise<number> {
    const rows = (await this.#all()).filter((row) => row.parent === parent);
    const isSame = (row: MailboxRow): boolean => row.name === name;
    // Those with a role are called all kinds of ways: INBOX, sent.
    const alike = (row: MailboxRow): boolean =>
      row.role !== undefined && [row.role, row.name.toLowerCase()].includes(name.toLowerCase());
    const found = rows.find(isSame) ?? (parent === undefined ? rows.find(alike) : undefined);
    if (found !== undefined) return found.id;
    const facts = { name, parent: parent ?? null, role: null, sortOrder: 0, isSubscribed: true };
    const made = await this.#store.write('createMailbox', { account: this.#account, at: this.#now(), ...facts });
    this.#rows = undefined;
    if (typeof made === 'number') return made;
    throw new DirectoryError(
      made === 'too-many'
        ? 'The account has as many folders as it may have.'
        : `The folder "${name}" could not be made; somebody else may have changed the folders in this moment. Try again.`,
    );
  }

  async #all(): Promise<readonly MailboxRow[]> {
    this.#rows ??= await this.#store.read('listMailboxes', { account: this.#account });
    return this.#rows;
  }
}

/** RFC 8621 §2: Net-Unicode (RFC 5198), 255 octets, no control characters. */
function mailboxName(text: string): string {
  let name = text
    .normalize('NFC')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  while (Buffer.byteLength(name) > LONGEST_NAME) name = [...name].slice(0, -1).join('');
  return name === '' ? 'Imported' : name;
}
