/** Remote/discover and /discovered: the ladder of discovery, climbed here while the client looks on rung by rung. */
import { newTicket } from '../../base/index.ts';
import { discover } from '../../collect/index.ts';
import type { Candidate, Rung } from '../../collect/index.ts';
import { parseAddress } from '../../mail/index.ts';
import { flag, id, optional, text } from '../arguments.ts';
import { invalidArguments } from '../errors.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
import { REMOTES, serverJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';

interface Climb {
  readonly account: string;
  readonly rungs: Rung[];
  readonly cut: AbortController;
  done: boolean;
}

/** Climbs that are remembered; the oldest is stopped for a new one. */
const MOST = 10;
const LONGEST = 120_000;

export class Discoveries {
  readonly #parts: RemotesParts;
  readonly #climbs = new Map<string, Climb>();

  constructor(parts: RemotesParts) {
    this.#parts = parts;
  }

  methods(): readonly Method[] {
    return [
      method({
        name: 'Remote/discover',
        capability: REMOTES,
        takes: { address: text, askDatabase: optional(flag, true) },
        run: async ({ address, askDatabase }, { account }) => ({
          accountId: account.id,
          id: this.#begin(account.id, address, askDatabase),
        }),
      }),
      method({
        name: 'Remote/discovered',
        capability: REMOTES,
        takes: { id, stop: optional(flag, false) },
        run: async ({ id: one, stop }, { account }) => {
          const climb = this.#climbs.get(one);
          if (climb?.account !== account.id) throw invalidArguments('There is no such search; begin another.');
          if (stop) climb.cut.abort(new Error('it was stopped'));
          return { accountId: account.id, id: one, isDone: climb.done, rungs: climb.rungs.map(rungJson) };
        },
      }),
    ];
  }

  close(): void {
    for (const { cut } of this.#climbs.values()) cut.abort(new Error('the program is stopping'));
  }

  #begin(account: string, text_: string, askDatabase: boolean): string {
    const address = parseAddress(text_.trim(), { utf8: true });
    if (address === undefined || address.domain.startsWith('['))
      throw invalidArguments(`“${text_}” is not an e-mail address.`);
    const [oldest] = this.#climbs;
    if (oldest !== undefined && this.#climbs.size >= MOST) {
      oldest[1].cut.abort(new Error('another search was begun'));
      this.#climbs.delete(oldest[0]);
    }
    const climb: Climb = { account, rungs: [], cut: new AbortController(), done: false };
    const one = newTicket();
    this.#climbs.set(one, climb);
    const cancel = this.#parts.clock.after(LONGEST, () => {
      climb.cut.abort(new Error('it took too long'));
    });
    const { signal } = climb.cut;
    void discover({
      ...this.#parts.ladder,
      address,
      askDatabase,
      signal,
      onRung: (rung) => {
        climb.rungs.push(rung);
      },
    }).finally(() => {
      climb.done = true;
      cancel();
    });
    return one;
  }
}

function rungJson({ id: one, asked, said, words, pop3, smtp }: Rung): Properties {
  return { id: one, asked, said, words, pop3: candidateJson(pop3), smtp: candidateJson(smtp) };
}

function candidateJson(candidate: Candidate | undefined): Properties | null {
  if (candidate === undefined) return null;
  const { server, login, doubt = null } = candidate;
  return { server: serverJson(server), login, doubt };
}
