/** Which deliveries a command is about: filters that list and the orders share, and message ids. */
import { domainToASCII } from 'node:url';
import type { Command } from 'commander';
import { becauseOf, EVERY_STATE } from '../../app/index.ts';
import type { DeliveryState, OperatorSelection, QueueFilter } from '../../app/index.ts';
import { systemClock } from '../../base/index.ts';
import { parseDuration } from '../../config/index.ts';
import { CommandError } from '../output.ts';

export interface FilterOptions {
  readonly domain?: string;
  readonly sender?: string;
  readonly olderThan?: string;
  readonly reason?: string;
  readonly inState?: string;
  /** Also what has ended. */
  readonly ended?: boolean;
}

export function withFilters(command: Command): Command {
  return command
    .option('--domain <domain>', 'only those to this domain')
    .option('--sender <address>', 'only those from this sender, or from anybody "@a.test"')
    .option('--older-than <age>', 'only those taken in longer ago than, as "2h"')
    .option('--reason <reason>', 'only those that wait for this reason, as "queue list" names it')
    .option('--in-state <states>', 'only those in these states, as "waiting,held"');
}

export function filterOf({ domain, sender, olderThan, reason, inState, ended }: FilterOptions): QueueFilter {
  const filter: QueueFilter = {
    ...(domain === undefined ? {} : { domain: domainToASCII(domain) || domain.toLowerCase() }),
    ...(sender === undefined ? {} : { sender: sender === '<>' ? '' : sender }),
    ...(olderThan === undefined ? {} : { receivedBefore: systemClock.now() - durationOf('--older-than', olderThan) }),
    ...(inState === undefined ? (ended === true ? { states: EVERY_STATE } : {}) : { states: statesOf(inState) }),
  };
  return reason === undefined ? filter : becauseOf(reason, filter);
}

function statesOf(text: string): readonly DeliveryState[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(EVERY_STATE as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new CommandError(`--in-state takes states such as "waiting,held"; there are ${EVERY_STATE.join(', ')}.`, 2);
  return names as DeliveryState[];
}

/** Milliseconds of an option such as "30m". */
export function durationOf(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new CommandError(`${option} takes a time such as "30m" or "2d"; "${text}" is none.`, 2);
  return ms;
}

/** `ID` or `ID/N`. */
export function messageFilter(text: string): OperatorSelection & { readonly message: string } {
  const [message = '', n] = text.split('/');
  return { message, ...(n === undefined ? {} : { n: Number(n) }) };
}
