/**
 * What a scenario is: the Internet around us, what is handed in, how time goes by, and what must have
 * come of it. The clause is the sentence of the requirement that it shows; the journey that people
 * read is compared with `journeys/<name>.txt`.
 */
import type { Zones } from '../../src/dns/testing.ts';
import type { OutboundSettings } from '../../src/outbound/index.ts';
import type { TestServer } from '../../src/outbound/testing.ts';
import type { OperatorAction, QueueSettings } from '../../src/queue/index.ts';
import type { NewDelivery } from '../../src/store/index.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A message as a mail program submits it, logged in as alice@a.test; or as a stranger's server hands it to us. */
export interface Letter {
  /** Default: alice@a.test. */
  readonly from?: string;
  /** What stands behind the address in MAIL: "RET=HDRS ENVID=x". */
  readonly mail?: string;
  /** Address → what stands behind it in RCPT: "NOTIFY=NEVER". Default: bob@b.test. */
  readonly to?: Readonly<Record<string, string>>;
  /** Header and text, LF line ends; default: a letter of three lines. */
  readonly text?: string;
  /** Comes to port 25 from a server elsewhere, without a login. */
  readonly stranger?: true;
  /** Handed in so many times. What becomes of such a crowd is counted, and no journey is told of it. */
  readonly crowd?: number;
  /** Milliseconds between one of a crowd and the next; default: none. */
  readonly every?: number;
}

/** What happens next. Time moves only here. */
export type Move =
  /** So many milliseconds go by, with everything that falls due in them. */
  | readonly ['wait', number]
  /** Somebody sets the machine's clock: the time of day jumps, durations don't. */
  | readonly ['jump', number]
  /** The keeper of the host says `posthorn queue …` about everything that has not ended. */
  | readonly ['order', OperatorAction]
  /** The keeper takes back every letter that is told of; what is answered stands in `told`. */
  | readonly ['take-back']
  /** Somebody looks at `posthorn queue list --summary --ended`; it stands behind the journey. */
  | readonly ['list']
  /** One more is handed in. */
  | readonly ['letter', Letter]
  /** The program ends as it should, and starts again. */
  | readonly ['restart']
  /** kill -9, and it starts again. */
  | readonly ['kill'];

export interface Scenario {
  /** The rules of docs/rfc/ that it shows. */
  readonly rules?: readonly string[];
  readonly clause: string;

  readonly zones?: Zones;
  /** By IP address. */
  readonly servers?: Readonly<Record<string, TestServer>>;
  readonly settings?: Partial<OutboundSettings>;
  readonly queue?: Partial<QueueSettings>;
  /** `team@a.test` → where it leads. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** What the client on a PC asks of its queue, and a host does not. */
  readonly policy?: Partial<Pick<NewDelivery, 'onUnsure' | 'onFailure'>>;
  /** 0 to 1: the chance that stretches each wait; default 0. */
  readonly stretch?: number;
  /** 0 to 1: the chances that order equal hosts, one after the other and over again. */
  readonly order?: readonly number[];

  readonly letters?: readonly Letter[];
  /** Default: an hour goes by. */
  readonly moves?: readonly Move[];

  /** "bob waiting 2": the local part, the state, attempts begun; in the order they were handed in. Of crowds "200 waiting". */
  readonly states: readonly string[];
  /**
   * "bob 1 +5m 192.0.2.1 450 4.7.1": recipient, number, time since it was accepted, address, and the
   * answer; "bob 1 +0s 192.0.2.1 451 4.4.2 (5m)" when it took time.
   */
  readonly attempts: readonly string[];
  /** One for each connection, in order: "192.0.2.1: EHLO MAIL RCPT DATA . QUIT"; the dot is a whole text, "RCPT ×100" what is said over and over. Absent where it is chance how a crowd is shared among connections. */
  readonly heard?: readonly string[];
  /** "bounce to alice@a.test: bob@b.test failed 5.1.1". Their words stand with the journey. */
  readonly reports?: readonly string[];
  /** What people were told meanwhile: "RCPT bob 550 5.1.1" a mail program, "take-back bob left" the keeper. */
  readonly told?: readonly string[];
  /** What else must hold, of the lines that each connection heard. */
  readonly check?: (seen: Seen) => void;
}

export interface Seen {
  /** Commands of each connection, in order. */
  readonly lines: readonly (readonly string[])[];
  /** The same by what came together. */
  readonly groups: readonly (readonly (readonly string[])[])[];
  /** Texts of each connection, dots doubled. */
  readonly texts: readonly (readonly string[])[];
  /** Milliseconds from the beginning to each connection, whatever the time of day was said to be. */
  readonly dialled: readonly number[];
  /** The reports, whole. */
  readonly reports: readonly string[];
  readonly journey: string;
}

/** A letter of more than a connection holds while nobody reads. */
export const LONG_TEXT = `Subject: long\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nMessage-ID: <long@a.test>\nFrom: alice@a.test\n\n${'x'.repeat(70).concat('\n').repeat(8_000)}`;

export type Scenarios = Readonly<Record<string, Scenario>>;
