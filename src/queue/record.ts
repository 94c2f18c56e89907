/**
 * Writes down what came of a claim: deliveries, attempts, events, reports and a note, in one commit. What
 * was asked back meanwhile ends with it: the store says so, and it is written down once more as stopped.
 */
import type { Claim, Learned, NewEmail, NewEvent, SettledDelivery } from '../store/index.ts';
import { noteAbout } from './note.ts';
import { writeReports } from './report.ts';
import type { ReportParts } from './report.ts';
import type { RetrySettings } from './schedule.ts';
import type { Settlement } from './settle.ts';

export interface RecordParts extends ReportParts {
  readonly settings: () => RetrySettings;
}

export interface Recorded {
  /** 'lost': the claim was taken away, nothing was written. */
  readonly kind: 'done' | 'lost';
  /** The reports written, by message id. */
  readonly reports: readonly string[];
  /** Those that were asked back and did not get there. */
  readonly stopped: readonly number[];
}

export type Recordable = Settlement & { readonly emails?: readonly NewEmail[]; readonly learned?: Learned };

/** @param token of the claim */
export async function recordSettlement(
  parts: RecordParts,
  { token, claim }: { readonly token: string; readonly claim: Claim },
  settlement: Recordable,
): Promise<Recorded> {
  let now = settlement;
  const stopped: number[] = [];
  for (;;) {
    const written = await writeReports({ parts, claim, reported: now.reports, settings: parts.settings() });
    const note = await noteAbout(parts, claim.message, written.untold);
    const done = await parts.store.write('settle', {
      token,
      message: claim.message.id,
      at: parts.clock.now(),
      deliveries: now.deliveries,
      attempts: now.attempts,
      events: [...now.events, ...written.events],
      reports: written.reports,
      emails: now.emails ?? [],
      suppress: now.suppress ?? [],
      ...(now.lift === undefined ? {} : { lift: now.lift }),
      ...(note === undefined ? {} : { note }),
      ...(now.learned === undefined ? {} : { learned: now.learned }),
      ...(claim.message.account === undefined ? {} : { submitter: claim.message.account }),
    });
    if (typeof done === 'string') return { kind: done, reports: written.reports.map((one) => one.message.id), stopped };
    stopped.push(...done.stop);
    now = stopHere(now, { claim, stop: done.stop, at: parts.clock.now() });
  }
}

/**
 * What an attempt leaves whose outcome could not be recorded: as where the process dies (store/operations/processes.ts),
 * due at the time that the claim committed, or in doubt where its sender is asked and the end of the data was said.
 */
export function unrecorded({ message, destination, deliveries }: Claim, isEndSaid: boolean, at: number): Settlement {
  const left = deliveries.map(({ n, nextAt, onUnsure }): SettledDelivery => {
    if (onUnsure === 'retry') return { n, state: 'waiting', nextAt, mayHaveLeft: true };
    return isEndSaid ? { n, state: 'unsure', mayHaveLeft: true } : { n, state: 'waiting', nextAt };
  });
  const inDoubt = deliveries.filter(({ onUnsure }) => onUnsure === 'ask' && isEndSaid);
  const events = inDoubt.map(({ n, attempts: attempt, recipient }): NewEvent => {
    return { message: message.id, n, at, facts: { kind: 'interrupted', attempt, recipient, destination } };
  });
  return { deliveries: left, attempts: [], events, reports: [] };
}

/** The same with these dropped: no report speaks of them, and the journey says that they were stopped. */
function stopHere(
  settlement: Recordable,
  { claim, stop, at }: { readonly claim: Claim; readonly stop: readonly number[]; readonly at: number },
): Recordable {
  const meant = (n: number | undefined): boolean => n !== undefined && stop.includes(n);
  const deliveries = settlement.deliveries.map((one) => (meant(one.n) ? dropped(one) : one));
  const inDoubt = (n: number): boolean =>
    deliveries.some((one) => one.n === n && one.mayHaveLeft === true) ||
    claim.deliveries.some((one) => one.n === n && one.mayHaveLeft === true);
  return {
    ...settlement,
    deliveries,
    events: [
      ...settlement.events.flatMap((event) => (meant(event.n) ? whatStays(event) : [event])),
      ...stop.map((n): NewEvent => {
        return { message: claim.message.id, n, at, facts: { kind: 'stopped', mayHaveLeft: inDoubt(n) } };
      }),
    ],
    reports: settlement.reports.filter(({ delivery }) => !meant(delivery.n)),
  };
}

function dropped({ nextAt: _, delayNotifiedAt: __, ...settled }: SettledDelivery): SettledDelivery {
  return { ...settled, state: 'dropped' };
}

/** The attempt was made; that there would be another one, that nobody hears of it, or what the keeper ordered, is not so any more. */
function whatStays(event: NewEvent): readonly NewEvent[] {
  if (event.facts.kind === 'unreported' || event.facts.kind === 'operator') return [];
  if (event.facts.kind !== 'attempt') return [event];
  const { nextAt: _, ...facts } = event.facts;
  return [{ ...event, facts }];
}
