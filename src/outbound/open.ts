/**
 * The Outbound object: makes attempts, and owns the connections that outlive one: those that wait for
 * the next message, and those that are being taken leave of, so that an attempt's outcome doesn't wait
 * for a farewell and a stopping program can end them.
 */
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { describeError } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import type { Resolver } from '../dns/index.ts';
import { replyText, temporaryFailure } from '../mail/index.ts';
import { dial } from '../net/index.ts';
import type { SmtpClientSession } from '../smtp/index.ts';
import { attempt } from './attempt.ts';
import type { Dial } from './connection.ts';
import { IdleConnections } from './idle.ts';
import type { AttemptResult, Job, Outbound, OutboundSettings } from './outbound.ts';
import { routeFor } from './routes.ts';
import { cutShort } from './trouble.ts';

export interface OutboundParts {
  /** Asked anew for each attempt, so that a reload takes effect. */
  readonly settings: () => OutboundSettings;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Logger;
  /** How connections are made; default: net's. */
  readonly dial?: Dial;
  /** 0 up to 1: the order among equal MX hosts; default: chance. */
  readonly random?: () => number;
}

/** Servers that are remembered not to understand BDAT. */
const MOST_REMEMBERED = 1_000;
/** How long a stopping program waits for answers to QUIT. */
const LONGEST_CLOSE = 1_000;

export function openOutbound(parts: OutboundParts): Outbound {
  return new Departures(parts);
}

class Departures implements Outbound {
  readonly #parts: OutboundParts;
  readonly #dataOnly = new Set<string>();
  readonly #leaving = new Map<SmtpClientSession, Promise<void>>();
  readonly #idle: IdleConnections;

  constructor(parts: OutboundParts) {
    this.#parts = parts;
    this.#idle = new IdleConnections(parts.clock, (client) => {
      this.#takeLeave(client);
    });
  }

  async attempt(job: Job, signal: AbortSignal): Promise<AttemptResult> {
    const { clock, resolver, log } = this.#parts;
    // What was forgotten is found out again, at the price of one connection.
    if (this.#dataOnly.size > MOST_REMEMBERED) this.#dataOnly.clear();
    const context = {
      settings: this.#parts.settings(),
      clock,
      resolver,
      dial: this.#parts.dial ?? dial,
      random: this.#parts.random ?? chance,
      localAddresses: localAddresses(),
      dataOnly: this.#dataOnly,
      signal,
      idle: this.#idle,
      farewell: (client: SmtpClientSession) => {
        this.#takeLeave(client);
      },
    };
    try {
      const result = await attempt(context, job);
      warnOfRoute(log, job, result);
      return result;
    } catch (error) {
      if (!signal.aborted) log.error('An attempt to deliver broke off', { message: job.message.id, error });
      return undecided(job, signal.aborted ? undefined : error);
    }
  }

  goesBySender({ mailFrom: sender, submitted, ...mail }: Parameters<Outbound['goesBySender']>[0]): boolean {
    const { routes } = this.#parts.settings();
    return submitted && routeFor({ ...mail, sender }, routes)?.sender !== undefined;
  }

  async close(): Promise<void> {
    this.#idle.close();
    const leaving = [...this.#leaving];
    const cancel = this.#parts.clock.after(LONGEST_CLOSE, () => {
      for (const [client] of leaving) client.destroy();
    });
    await Promise.all(leaving.map(([, gone]) => gone));
    cancel();
  }

  #takeLeave(client: SmtpClientSession): void {
    const gone = client.quit().finally(() => {
      this.#leaving.delete(client);
    });
    this.#leaving.set(client, gone);
  }
}

/** TLS and login are between us and the next server: only who keeps this one can mend them, so the log says it, too. */
function warnOfRoute(log: Logger, { destination, message }: Job, { route, outcomes, tries }: AttemptResult): void {
  const stuck = outcomes.find(({ outcome, stage }) => outcome !== 'relayed' && (stage === 'tls' || stage === 'auth'));
  if (route === undefined || stuck === undefined) return;
  const what = stuck.stage === 'auth' ? 'the login' : 'TLS';
  log.warn(`Mail waits: ${what} failed at the next server of a route`, {
    route,
    host: tries[stuck.try ?? -1]?.host,
    answer: replyText(stuck.reply),
    destination,
    message: message.id,
  });
}

/** What nobody foresaw, or a stop before the first connection: everything waits for the next attempt. */
function undecided(job: Job, error: unknown): AttemptResult {
  const { stage, reply } = cutShort('dns');
  const answer = error === undefined ? reply : temporaryFailure(describeError(error));
  const outcomes = job.recipients.map(({ n }) => ({
    n,
    outcome: 'deferred' as const,
    stage,
    reply: answer,
    remote: false,
  }));
  return { considered: [], tries: [], outcomes };
}

function chance(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
