/**
 * The card of a message: what lists, searches and the tree of its parts need, read once and kept beside it as JSON of
 * bounded size. What is too large for it is read from the octets when somebody asks.
 */
import { packTree, unpackTree } from '../../mime/index.ts';
import type { Part, Tree } from '../../mime/index.ts';
import type { EmailCard } from '../../store/index.ts';

export interface Card {
  /** Values of the convenience properties (RFC 8621 §4.1.3) by their names; what is missing is null. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Names of those that had no room here. */
  readonly beyond: readonly string[];
  readonly preview: string;
  readonly hasAttachment: boolean;
  readonly tree: Tree;
  /** Nobody could read it: the tree is one part that holds all of its octets. */
  readonly isUnreadable: boolean;
}

/** Grows when what is kept changes: older cards are read anew. */
const VERSION = 1;
/** Octets of JSON of one property; a letter to a thousand people has more. */
const LARGEST_FIELD = 16_384;
/** The tree as text within a text grows by its quotes; together with eleven fields this stays below 256 KiB. */
const LARGEST_TREE = 56_000;

interface Stored {
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly beyond?: readonly string[];
  readonly preview: string;
  readonly hasAttachment: boolean;
  /** packTree's; undefined: unreadable. */
  readonly tree?: string;
}

export function formatCard(card: Card): string {
  const fields = Object.entries(card.fields).filter(([, value]) => value !== null);
  const small = fields.filter(([, value]) => Buffer.byteLength(JSON.stringify(value)) <= LARGEST_FIELD);
  const kept = new Set(small.map(([name]) => name));
  const beyond = [...card.beyond, ...fields.map(([name]) => name).filter((name) => !kept.has(name))];
  const stored: Stored = {
    version: VERSION,
    fields: Object.fromEntries(small),
    ...(beyond.length === 0 ? {} : { beyond }),
    preview: card.preview,
    hasAttachment: card.hasAttachment,
    ...(card.isUnreadable ? {} : { tree: packTree(card.tree, LARGEST_TREE) }),
  };
  return JSON.stringify(stored);
}

/** Undefined: it is of another version, and the message has to be read anew. */
export function parseCard(text: string): Card | undefined {
  const { version, fields, beyond = [], preview, hasAttachment, tree } = JSON.parse(text) as Stored;
  if (version !== VERSION) return undefined;
  if (tree === undefined) return { ...UNREADABLE, isUnreadable: true };
  const unpacked = unpackTree(tree);
  return unpacked && { fields, beyond, preview, hasAttachment, tree: unpacked, isUnreadable: false };
}

/** Nothing but octets, to be had as a file. Where they end is only known beside them: {@link wholePart}. */
const NOTHING: Part = {
  number: 1,
  headerAt: 0,
  headerLength: 0,
  bodyAt: 0,
  bodyLength: 0,
  size: 0,
  type: 'application/octet-stream',
  disposition: 'attachment',
  name: 'message.eml',
};

const UNREADABLE: Card = {
  fields: {},
  beyond: [],
  preview: '',
  hasAttachment: true,
  tree: { root: NOTHING, troubles: [] },
  isUnreadable: true,
};

/** The one part of a message that nobody could read: all its octets. */
export function wholePart(size: number): Part {
  return { ...NOTHING, bodyLength: size, size };
}

/** What is stored of a message that can't be read, so that nobody tries again. */
export function unreadableCard(email: string): EmailCard {
  const [subject, from, to] = ['', '', ''];
  return {
    email,
    card: formatCard(UNREADABLE),
    words: { subject, from, to, cc: '', bcc: '', body: '', attachments: '', header: '' },
    sort: { subject, from, to, hasAttachment: true },
  };
}
