/** What every door shares through which mail comes in: intake, and what is counted and remembered of those who send. */
import { openIntake } from '../intake/index.ts';
import type { Intake } from '../intake/index.ts';
import type { JmapParts } from '../jmap/index.ts';
import { Sending, Suppressed } from '../servers/index.ts';
import type { Core } from './core.ts';
import type { RemoteHouse } from './remotes/remote-house.ts';
import { LONGEST_HOLD, queueSettings, relaySettings, sendingLimits, smtpSettings } from './settings.ts';

export interface HandIn {
  readonly intake: Intake;
  readonly sending: Sending;
  readonly suppressed: Suppressed;
}

export function openHandIn(core: Core): HandIn {
  const { store, clock, log, config } = core;
  return {
    intake: openIntake({
      store,
      clock,
      log,
      hostname: () => config().hostname,
      composer: core.composer,
      showSubmitter: () => config().submission.showClient,
    }),
    sending: new Sending({ store, clock, limits: () => sendingLimits(config()) }),
    suppressed: new Suppressed({ store, clock, warns: () => config().queue.suppress > 0 }),
  };
}

/**
 * For JMAP: the rules and bounds of the submission port.
 * @param isClient what failed is shown in the outbox of a person's own computer: there is nobody to send a report to
 */
export function jmapSending(
  { config, router }: Core,
  handIn: HandIn,
  { house: { remotes }, isClient }: { readonly house: Pick<RemoteHouse, 'remotes'>; readonly isClient: boolean },
): NonNullable<JmapParts['sending']> {
  return {
    ...handIn,
    onFailure: isClient ? 'state' : 'report',
    largestFrom: (account, email) => remotes.largestFrom(account, email),
    router,
    settings: () => relaySettings(config()),
    hostname: () => config().hostname,
    limits: () => ({
      longestHold: LONGEST_HOLD,
      maxMessage: config().limits.messageSize,
      recipients: smtpSettings(config()).maxRecipients,
      giveUp: queueSettings(config()).giveUp,
    }),
  };
}
