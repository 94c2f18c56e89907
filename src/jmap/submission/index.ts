/** Sending (RFC 8621 §6, §7) and what this server adds to it: methods, capabilities and types for the registry. */
import type { MailType } from '../../store/index.ts';
import { identityMethods } from '../identity/methods.ts';
import type { Method } from '../method.ts';
import type { JmapParts } from '../parts.ts';
import type { Capability } from '../session.ts';
import { outboxCapability, submissionCapability } from './capability.ts';
import { correspondentMethods } from './correspondents.ts';
import { journeyMethods } from './journey.ts';
import { submissionMethods } from './methods.ts';
import { outboxMethods } from './outbox.ts';
import { reportMethods } from './reports.ts';

export interface SubmissionRegistry {
  readonly capabilities: readonly Capability[];
  readonly methods: readonly Method[];
  readonly types: readonly (readonly [name: string, type: MailType])[];
}

/** Nothing, where nothing is sent from here. */
export function openSubmission({ sending, store, clock }: JmapParts): SubmissionRegistry {
  if (sending === undefined) return { capabilities: [], methods: [], types: [] };
  const parts = { ...sending, store, clock };
  return {
    capabilities: [submissionCapability(sending.limits()), outboxCapability()],
    methods: [
      ...identityMethods(parts),
      ...submissionMethods(parts),
      ...outboxMethods(parts),
      ...reportMethods(store),
      ...journeyMethods(store),
      ...correspondentMethods(store),
    ],
    types: [
      ['EmailSubmission', 'submission'],
      ['Identity', 'identity'],
    ],
  };
}
