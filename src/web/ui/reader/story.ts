/** The story of a message as the server tells it (Journey/get, docs/jmap.md), put into rows to draw. Pure. */
import { exactDate } from '../words/dates.ts';

interface Host {
  readonly name?: string;
  readonly ip?: string;
  readonly port?: number;
}

export interface Hop {
  readonly kind: string;
  readonly at: string;
  readonly words: readonly string[];
  readonly client?: Host | null;
  readonly server?: Host | null;
  readonly protocol?: string | null;
  readonly tls?: { readonly version: string } | null;
  readonly login?: { readonly name: string } | null;
  readonly reply?: { readonly code: number; readonly enhanced?: string; readonly text: string } | string | null;
  /** Of a wait, in milliseconds. */
  readonly ms?: number;
}

export interface Story {
  readonly message: string;
  readonly mailFrom: string;
  readonly receivedAt: string;
  readonly arrival: Hop | null;
  readonly edits: readonly { readonly rule: string; readonly what: string }[];
  readonly recipients: readonly {
    readonly n: number;
    readonly email: string;
    readonly hops: readonly Hop[];
    readonly end: { readonly kind: string; readonly [fact: string]: unknown };
  }[];
}

export interface Step {
  readonly kind: 'hop' | 'wait';
  readonly at: number;
  readonly words: readonly string[];
  /** Who was client and who was server; undefined where nothing was spoken between two. */
  readonly between: { readonly client: string; readonly server: string; readonly protocol: string } | undefined;
  /** The version; '' in clear, undefined where it is not told. */
  readonly tls: string | undefined;
  readonly login: string | undefined;
  readonly reply: string | undefined;
  /** Milliseconds of a wait. */
  readonly waited: number;
}

/** What hosts are called that have no name in the story. */
interface Names {
  /** This server. */
  readonly own: string;
  /** A mail program of which nothing more is told. */
  readonly program: string;
}

/** The arrival and one recipient's way, in the order it happened. */
export function stepsOf(story: Story, recipient: Story['recipients'][number], own: Names): readonly Step[] {
  const hops = story.arrival === null ? recipient.hops : [story.arrival, ...recipient.hops];
  return hops.map((hop) => stepOf(hop, own));
}

/** How it came here; undefined: that was not recorded. */
export function arrivalOf(stories: readonly Story[], own: Names): Step | undefined {
  const hop = stories.find(({ arrival }) => arrival !== null)?.arrival ?? undefined;
  return hop === undefined ? undefined : stepOf(hop, own);
}

function stepOf(hop: Hop, names: Names): Step {
  return {
    kind: hop.kind === 'wait' ? 'wait' : 'hop',
    at: Date.parse(hop.at),
    words: hop.words.map(inOwnTime),
    between: betweenOf(hop, names),
    tls: hop.tls === undefined ? undefined : (hop.tls?.version ?? ''),
    login: hop.login?.name === '' ? undefined : hop.login?.name,
    reply: replyOf(hop.reply),
    waited: hop.ms ?? 0,
  };
}

/** In an attempt, and when mail was collected, this server was the client; when it came or was fetched, the server. */
function betweenOf({ kind, client, server, protocol }: Hop, { own, program }: Names): Step['between'] {
  if (!['received', 'collected', 'attempt', 'retrieved'].includes(kind)) return undefined;
  const asks = kind === 'attempt' || kind === 'collected';
  return {
    client: nameOf(client) ?? (asks ? own : program),
    server: nameOf(server) ?? own,
    protocol: protocol ?? (kind === 'retrieved' ? 'POP3' : 'SMTP'),
  };
}

/** Times in sentences are UTCDates (docs/jmap.md); people read those of where they are. */
function inOwnTime(sentence: string): string {
  return sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu, (date) => exactDate(Date.parse(date)));
}

const nameOf = (host: Host | null | undefined): string | undefined => host?.name ?? host?.ip;

function replyOf(reply: Hop['reply']): string | undefined {
  if (reply === null || reply === undefined) return undefined;
  if (typeof reply === 'string') return reply;
  return [reply.code, reply.enhanced, reply.text].filter((part) => part !== undefined).join(' ');
}

/** "3 min 4 s": what is shorter than a second says so in milliseconds. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const from = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(from, from + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
