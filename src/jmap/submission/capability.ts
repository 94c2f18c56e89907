/** What this server says of sending (RFC 8621 §1.3.2). */
import type { Capability } from '../session.ts';

export const SUBMISSION = 'urn:ietf:params:jmap:submission';
/** The outbox, cards for reports, journeys, and whom one writes to: docs/jmap.md. */
export const OUTBOX = 'urn:posthorn:outbox';

export interface SendingLimits {
  /** How long a message may be held, in ms. */
  readonly longestHold: number;
  /** Octets of a message. */
  readonly maxMessage: number;
}

export function submissionCapability({ longestHold, maxMessage }: SendingLimits): Capability {
  const seconds = Math.floor(longestHold / 1000);
  return {
    uri: SUBMISSION,
    session: {},
    account: {
      maxDelayedSend: seconds,
      submissionExtensions: {
        SIZE: [String(maxMessage)],
        '8BITMIME': [],
        SMTPUTF8: [],
        DSN: [],
        FUTURERELEASE: [String(seconds)],
      },
    },
  };
}

export function outboxCapability(): Capability {
  return { uri: OUTBOX, session: {}, account: {} };
}
