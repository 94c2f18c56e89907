/**
 * How the servers of an address are found: one rung after the other, from what the domain itself says to a guess that
 * is tried. Each rung tells what was asked, of whom, and what came of it, so that a person can follow and correct it.
 */
import type { Resolver } from '../../dns/index.ts';
import type { MailServer } from '../server.ts';
import { autoconfigRung, ispdbRung, wellKnownRung } from './autoconfig-rungs.ts';
import { mxRung } from './mx-rung.ts';
import { probeRung } from './probe-rung.ts';
import { srvRung } from './srv-rung.ts';

export type RungId = 'srv' | 'autoconfig' | 'well-known' | 'ispdb' | 'mx' | 'probe';

export interface Rung {
  readonly id: RungId;
  /** What was asked, for people: "the name server, for _pop3s._tcp.example.org". */
  readonly asked: string;
  readonly said: 'found' | 'nothing' | 'failed' | 'not-asked';
  /** What came of it, as a sentence. */
  readonly words: string;
  readonly pop3?: Candidate;
  readonly smtp?: Candidate;
}

/** A server that a rung names. */
export interface Candidate {
  readonly server: MailServer;
  /** The name to log in with there. */
  readonly login: string;
  /** What a person should look at before a password is sent there; absent where the domain itself vouches. */
  readonly doubt?: string;
}

export interface LadderParts {
  readonly address: { readonly local: string; readonly domain: string };
  readonly resolver: Resolver;
  readonly fetch: WebFetch;
  /** Whether something that speaks the protocol answers there; no login is tried. */
  readonly probe: (server: MailServer, signal: AbortSignal) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Whether the database of providers (another host than the domain's own) may be asked; it hears the domain. */
  readonly askDatabase: boolean;
  /** Where that is: an https address without its last slash, under which each domain has its file; '': nowhere. */
  readonly database: string;
  readonly onRung?: (rung: Rung) => void;
}

/** The text of a document behind an https address; undefined when there is none. Rejects with the reason when nobody could say. */
export type WebFetch = (url: string, signal: AbortSignal) => Promise<string | undefined>;

export interface Discovered {
  readonly rungs: readonly Rung[];
  readonly pop3?: Candidate & { readonly from: RungId };
  readonly smtp?: Candidate & { readonly from: RungId };
}

const RUNGS: readonly (readonly [RungId, (parts: LadderParts) => Promise<Omit<Rung, 'id'>>])[] = [
  ['srv', srvRung],
  ['autoconfig', autoconfigRung],
  ['well-known', wellKnownRung],
  ['ispdb', ispdbRung],
  ['mx', mxRung],
  ['probe', probeRung],
];

/** Never rejects: a rung that fails says so. Climbs until both servers are found. */
export async function discover(parts: LadderParts): Promise<Discovered> {
  const rungs: Rung[] = [];
  let pop3: Discovered['pop3'];
  let smtp: Discovered['smtp'];
  for (const [id, climb] of RUNGS) {
    const whole = pop3 !== undefined && smtp !== undefined;
    const rung: Rung = whole || parts.signal.aborted ? notAsked(id, whole) : { id, ...(await climbed(climb, parts)) };
    rungs.push(rung);
    parts.onRung?.(rung);
    if (rung.pop3 !== undefined) pop3 ??= { ...rung.pop3, from: id };
    if (rung.smtp !== undefined) smtp ??= { ...rung.smtp, from: id };
  }
  return { rungs, ...(pop3 === undefined ? {} : { pop3 }), ...(smtp === undefined ? {} : { smtp }) };
}

async function climbed(
  climb: (parts: LadderParts) => Promise<Omit<Rung, 'id'>>,
  parts: LadderParts,
): Promise<Omit<Rung, 'id'>> {
  try {
    return await climb(parts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { asked: 'somebody', said: 'failed', words: `It could not be asked: ${why}.` };
  }
}

function notAsked(id: RungId, whole: boolean): Rung {
  return { id, asked: 'nobody', said: 'not-asked', words: whole ? 'Not needed any more.' : 'It was stopped before.' };
}
