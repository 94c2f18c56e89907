/**
 * What a verb is (one row of the table in verbs.ts, one file each): where it is allowed, how its arguments are
 * read, what it does, and what CAPA says because of it. "May I?" is decided here for all, "do it" in `run`.
 */
import type { Capability } from '../grammar/listing.ts';
import type { Parsed } from '../grammar/parsed.ts';
import type { Answer } from './answer.ts';
import type { Pop3Refusal } from './policy.ts';
import { LOG_IN_FIRST, LOGGED_IN_ALREADY, NEEDS_TLS, misunderstood } from './refusals.ts';
import type { OpenState, Session } from './state.ts';

type StateKind = OpenState['kind'];

export interface Verb<Kind extends StateKind, Args> {
  /** In upper case. */
  readonly name: string;
  readonly states: readonly Kind[];
  /** Allowed in clear even where a password may not cross the line in clear (RFC 8314 §4.1). */
  readonly beforeTls: boolean;
  /** `rest` is what follows the keyword and one space. */
  parse(rest: string | undefined): Parsed<Args> | Pop3Refusal;
  run(session: Session, state: Extract<OpenState, { readonly kind: Kind }>, args: Args): Answer | Promise<Answer>;
  /** What CAPA lists while this verb is as it is now; nothing when it isn't to be had. */
  capabilities?(session: Session): readonly Capability[];
}

/** A verb without its types, as the table and the session see it. */
export interface VerbRow {
  readonly name: string;
  /** Either the refusal that stands before any work, which counts as an error of the peer, or the work. */
  admit(session: Session, state: OpenState, rest: string | undefined): Admission;
  capabilities(session: Session): readonly Capability[];
}

export type Admission =
  | { readonly kind: 'barred'; readonly refusal: Pop3Refusal }
  | { readonly kind: 'admitted'; readonly run: () => Answer | Promise<Answer> };

export function row<Kind extends StateKind, Args>(verb: Verb<Kind, Args>): VerbRow {
  return {
    name: verb.name,
    admit(session, state, rest) {
      if (!isIn(verb.states, state)) return barred(wrongState(state));
      if (!verb.beforeTls && !mayShowPassword(session)) return barred(NEEDS_TLS);
      const args = verb.parse(rest);
      if (!('ok' in args)) return barred(args);
      if (!args.ok) return barred(misunderstood(args));
      return { kind: 'admitted', run: () => verb.run(session, state, args.value) };
    },
    capabilities: (session) => verb.capabilities?.(session) ?? [],
  };
}

/** Whether a password may cross this connection as it is: under TLS, or where the settings say so (RFC 8314 §4.1). */
export function mayShowPassword(session: Session): boolean {
  return session.wire.tls !== undefined || session.context.settings.plainLogin(session.wire.peer);
}

function isIn<Kind extends StateKind>(
  kinds: readonly Kind[],
  state: OpenState,
): state is Extract<OpenState, { readonly kind: Kind }> {
  return kinds.some((kind) => kind === state.kind);
}

function wrongState(state: OpenState): Pop3Refusal {
  return state.kind === 'authorization' ? LOG_IN_FIRST : LOGGED_IN_ALREADY;
}

function barred(refusal: Pop3Refusal): Admission {
  return { kind: 'barred', refusal };
}
