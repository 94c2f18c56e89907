/**
 * Messages we write ourselves: reports to a sender, notes to the postmaster. They come from
 * `<>`, so that nobody ever reports about a report (RFC 5321 §4.5.5), and are routed like any other.
 * Composing commits nothing: what comes back is committed by the caller, together with the thing
 * the report tells of.
 */
import { newId } from '../base/index.ts';
import type { Clock } from '../base/index.ts';
import type { Router, Target } from '../accounts/index.ts';
import { HeaderScanner, messageIdOf, parseAddress, parseHeaderSection, threadIdsOf } from '../mail/index.ts';
import type { AcceptParams, EventFacts, NewMessage, Store } from '../store/index.ts';
import { DowngradedForm } from './downgraded.ts';
import { place } from './place.ts';

export interface Composition {
  /** Where it goes, as text; "postmaster" is whoever keeps this host. */
  readonly to: string;
  readonly what: Extract<EventFacts, { kind: 'composed' }>['what'];
  /** The message it is about. */
  readonly about?: string;
  readonly smtputf8: boolean;
  /** The whole message, CRLF line ends, for the id it is given. */
  write(id: string): Buffer;
}

export interface Composer {
  /** Ready to be committed; undefined when the address leads nowhere, so that nobody can be told. */
  compose(composition: Composition): Promise<AcceptParams | undefined>;
}

export function openComposer(parts: {
  readonly store: Store;
  readonly router: Router;
  readonly clock: Clock;
}): Composer {
  return {
    async compose(composition) {
      const targets = await targetsOf(parts.router, composition.to);
      if (targets === undefined) return undefined;
      const at = parts.clock.now();
      const id = newId(at);
      const writer = parts.store.content.create();
      const text = composition.write(id);
      const header = headerOf(text);
      const prefix = Buffer.alloc(0);
      const form = composition.smtputf8 ? new DowngradedForm() : undefined;
      form?.write(text);
      await writer.write(text);
      const content = await writer.finish();
      const { recipient, rule } = targets;
      const placement = place({
        id,
        mailFrom: null,
        at,
        recipients: [{ recipient: { address: recipient, notify: ['never'] }, rule, targets: targets.targets }],
      });
      const { what, about } = composition;
      return {
        message: {
          id,
          content,
          prefix,
          ...form?.finish({ prefix, content }),
          mailFrom: '',
          ...nameOf(header),
          body: composition.smtputf8 ? '8bitmime' : '7bit',
          smtputf8: composition.smtputf8,
          receivedAt: at,
          source: 'composed',
        },
        emails: placement.emails,
        deliveries: placement.deliveries,
        events: [
          { message: id, at, facts: { kind: 'composed', what, ...(about === undefined ? {} : { about }) } },
          ...placement.events,
        ],
      };
    },
  };
}

function headerOf(text: Buffer): Buffer {
  const scanner = new HeaderScanner();
  scanner.write(text);
  return scanner.bytes;
}

/** So that the journey of what we wrote is found by its Message-ID like any other. */
function nameOf(header: Buffer): Pick<NewMessage, 'messageId' | 'threadIds'> {
  const fields = parseHeaderSection(header);
  const messageId = messageIdOf(fields);
  return { ...(messageId === undefined ? {} : { messageId }), threadIds: threadIdsOf(fields) };
}

/** As in the bare `<postmaster>` (RFC 5321 §4.5.1). */
const POSTMASTER = { local: 'postmaster', domain: '' } as const;

async function targetsOf(
  router: Router,
  to: string,
): Promise<
  { readonly recipient: Target['address']; readonly rule: string; readonly targets: readonly Target[] } | undefined
> {
  const recipient = to === POSTMASTER.local ? POSTMASTER : parseAddress(to, { utf8: true });
  if (recipient === undefined) return undefined;
  const routing = await router.route(recipient);
  if (routing.kind === 'targets') return { recipient, rule: routing.rule, targets: routing.targets };
  if (routing.kind !== 'not-ours') return undefined;
  return { recipient, rule: 'report', targets: [{ kind: 'outside', address: recipient, rule: 'report', via: [] }] };
}
