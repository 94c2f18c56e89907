import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { IconButton } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import type { Address, Email, FullEmail } from '../jmap/types.ts';
import { OUTBOX } from '../compose/correspondents.ts';
import { isOwn, nameOf } from '../list/names.ts';
import { useDesk } from '../shell/desk.ts';
import { longDate } from '../words/dates.ts';
import { size, words } from '../words/index.ts';
import { Came } from './came.tsx';

const say = words.reader;

interface HeaderProps {
  readonly email: Email;
  /** Once it is loaded. */
  readonly full: FullEmail | undefined;
  readonly fold: (() => void) | undefined;
  readonly children: ComponentChildren;
}

/** Who wrote it, with the address always to be seen; to whom and when; the rest behind Details. */
export function HeaderView({ email, full, fold, children }: HeaderProps) {
  const { own } = useDesk();
  const details = useSignal(false);
  const from = email.from ?? [];
  const at = Date.parse(email.receivedAt);
  const sender = full?.sender ?? [];
  const isSentByOther = sender.length > 0 && !from.some((one) => sender.some((other) => same(one, other)));
  return (
    <header class="message-head">
      <div class="message-from">
        {from.length === 0 ? (
          <span class="muted">{words.common.nobody}</span>
        ) : (
          from.map((one, n) => <Person key={n} person={one} isSender />)
        )}
        {isSentByOther && (
          <span class="message-sender">
            {say.sender}{' '}
            {sender.map((one, n) => (
              <Person key={n} person={one} />
            ))}
          </span>
        )}
        <div class="message-to">
          <span class="message-to-names">{say.toShort(shortRecipients(email, full, own.value))}</span>
          <button
            class="link"
            type="button"
            aria-expanded={details.value}
            onClick={() => (details.value = !details.value)}
          >
            {details.value ? say.hideDetails : say.details}
          </button>
        </div>
      </div>
      <div class="message-when">
        <time dateTime={email.receivedAt}>{longDate(at)}</time>
        {children}
        {fold !== undefined && <IconButton icon="down" name={say.collapse} expanded onClick={fold} />}
      </div>
      {/* On paper everything stands there: nothing can be unfolded. */}
      <div class={details.value ? 'message-more' : 'message-more only-print'}>
        <Details email={email} full={full} isAsked={details.value} />
      </div>
    </header>
  );
}

const same = (a: Address, b: Address): boolean => a.email.toLowerCase() === b.email.toLowerCase();

/** A name, and the address it goes with; a name that says another address is told apart from it. */
function Person({ person, isSender = false }: { readonly person: Address; readonly isSender?: boolean }) {
  const name = person.name?.trim() ?? '';
  return (
    <span class="person" data-sender={isSender ? '' : undefined}>
      {name !== '' && name !== person.email && (
        <b>
          <Foreign text={name} />
        </b>
      )}
      <span class="person-address">
        <Foreign text={name === '' || name === person.email ? person.email : `<${person.email}>`} />
      </span>
    </span>
  );
}

const SHORT = 3;

function shortRecipients(email: Email, full: FullEmail | undefined, own: ReadonlySet<string>): string {
  const all = [...(email.to ?? []), ...(full?.cc ?? [])];
  const names = all.map((one) => (isOwn(one, own) ? words.common.me : nameOf(one)));
  if (names.length === 0) return '–';
  if (names.length <= SHORT) return names.join(', ');
  return `${names.slice(0, SHORT).join(', ')} ${say.andMore(names.length - SHORT)}`;
}

interface DetailsProps {
  readonly email: Email;
  readonly full: FullEmail | undefined;
  /** Somebody looks at them on the screen: then the server is asked for more. */
  readonly isAsked: boolean;
}

function Details({ email, full, isAsked }: DetailsProps) {
  const { api } = useDesk();
  // A message that came inside another lies in no mailbox, and came with that.
  const isKept = Object.keys(email.mailboxIds).length > 0;
  const [messageId] = full?.messageId ?? [];
  const people: readonly (readonly [string, readonly Address[] | null | undefined])[] = [
    [say.from, email.from],
    [say.sender, full?.sender],
    [say.replyTo, full?.replyTo],
    [say.to, email.to],
    [say.cc, full?.cc],
    [say.bcc, full?.bcc],
  ];
  const sentAt = full?.sentAt === null || full?.sentAt === undefined ? Number.NaN : Date.parse(full.sentAt);
  return (
    <dl class="message-details">
      {people
        .filter(([, some]) => some !== null && some !== undefined && some.length > 0)
        .map(([name, some]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {some?.map((one, n) => (
                <Person key={n} person={one} />
              ))}
            </dd>
          </div>
        ))}
      {!Number.isNaN(sentAt) && (
        <div>
          <dt>{say.date}</dt>
          <dd>{longDate(sentAt)}</dd>
        </div>
      )}
      {isKept && (
        <div>
          <dt>{say.received}</dt>
          <dd>{longDate(Date.parse(email.receivedAt))}</dd>
        </div>
      )}
      {isAsked && isKept && api.speaks(OUTBOX) && <Came email={email.id} />}
      {messageId !== undefined && (
        <div>
          <dt>{say.messageId}</dt>
          <dd class="message-id">
            <Foreign text={`<${messageId}>`} />
          </dd>
        </div>
      )}
      <div>
        <dt>{say.size}</dt>
        <dd>{size(email.size)}</dd>
      </div>
    </dl>
  );
}
