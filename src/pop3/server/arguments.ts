/** Arguments that several verbs share, and the look-up of the message a number names. */
import { parseArguments } from '../grammar/command.ts';
import { parseMessageNumber } from '../grammar/number.ts';
import { parsed } from '../grammar/parsed.ts';
import type { Parsed } from '../grammar/parsed.ts';
import type { Pop3Refusal } from './policy.ts';
import {
  AT_MOST_ONE_NUMBER,
  NO_ARGUMENTS_WANTED,
  ONE_NUMBER_WANTED,
  deletedMessage,
  noSuchMessage,
} from './refusals.ts';
import type { Transaction } from './state.ts';

export function noArguments(rest: string | undefined): Parsed<undefined> | Pop3Refusal {
  const values = parseArguments(rest);
  if (!values.ok) return values;
  return values.value.length === 0 ? parsed(undefined) : NO_ARGUMENTS_WANTED;
}

export function oneMessage(rest: string | undefined): Parsed<number> | Pop3Refusal {
  const values = parseArguments(rest);
  if (!values.ok) return values;
  const [number, ...more] = values.value;
  return number === undefined || more.length > 0 ? ONE_NUMBER_WANTED : parseMessageNumber(number);
}

export function oneMessageOrNone(rest: string | undefined): Parsed<number | undefined> | Pop3Refusal {
  const values = parseArguments(rest);
  if (!values.ok) return values;
  const [number, ...more] = values.value;
  if (more.length > 0) return AT_MOST_ONE_NUMBER;
  return number === undefined ? parsed(undefined) : parseMessageNumber(number);
}

export type Lookup =
  | { readonly kind: 'found'; readonly index: number }
  | { readonly kind: 'missing'; readonly refusal: Pop3Refusal };

/** The message of that number, where it exists and isn't marked (RFC 1939 §5): numbers never move in a session. */
export function findMessage(state: Transaction, number: number): Lookup {
  const { count } = state.maildrop;
  if (number > count) return { kind: 'missing', refusal: noSuchMessage(count) };
  if (state.marks.has(number - 1)) return { kind: 'missing', refusal: deletedMessage(number) };
  return { kind: 'found', index: number - 1 };
}
