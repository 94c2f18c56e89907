import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Bone, Button, Confirm, EmptyState, notices, Waiting } from '../components/index.ts';
import { directionOf } from '../components/direction.ts';
import { Foreign } from '../components/names.tsx';
import { asTrouble } from '../jmap/trouble.ts';
import { useDesk } from '../shell/desk.ts';
import { longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { outboxOf } from './outbox.ts';
import type { OutboxAction, OutboxEntry, OutboxRecipient } from './outbox.ts';
import { StateChip } from './state-chip.tsx';
import { correct } from './correct.ts';
import { ChooseTime, useLongest } from '../compose/later.tsx';
import { backToDraft, sendAtOtherTime } from '../compose/send.ts';
import { panel } from '../reader/panels.ts';

const say = words.outbox;

/** How each message stands that not everybody has, in words, with what can be done. */
export function OutboxView() {
  const outbox = outboxOf(useDesk());
  const entries = outbox.entries.value;
  useEffect(() => {
    void outbox.refresh();
  }, [outbox]);
  return (
    <div class="outbox">
      <h1>{say.title}</h1>
      {entries === undefined && (
        <Waiting>
          <Bone width="60%" />
          <Bone width="40%" />
        </Waiting>
      )}
      {entries?.length === 0 && <EmptyState icon="send" title={say.none.title} text={say.none.text} />}
      {entries !== undefined && entries.length > 0 && (
        <ul class="outbox-list" aria-live="polite">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Entry({ entry }: { readonly entry: OutboxEntry }) {
  const outbox = outboxOf(useDesk());
  const asking = useSignal<readonly string[] | undefined>(undefined);
  const busy = useSignal(false);
  const choosing = useSignal(false);
  const longest = useLongest();
  const subject = outbox.letters.value.get(entry.emailId)?.subject ?? words.common.noSubject;
  const isAllHeld = entry.recipients.every(({ state }) => state === 'held');
  const isBySender = entry.recipients.every(({ heldBy }) => heldBy === 'sender');
  const failed = entry.recipients.filter(({ state }) => state === 'refused').map(({ email }) => email);

  const run = async (action: OutboxAction, recipients: readonly string[] | null): Promise<void> => {
    busy.value = true;
    try {
      const isLeft = action === 'cancel' && isUnsure(entry, recipients);
      const why = await outbox.act(entry.id, action, recipients);
      notices.say(isLeft ? say.left : why.length === 0 ? say.acted : why.join(' '));
    } catch (error) {
      notices.say(asTrouble(error).said ?? words.trouble.refused.what);
    }
    busy.value = false;
  };
  const act = (action: OutboxAction, recipients: readonly string[] | null): void => {
    if (action === 'sendAgain') asking.value = recipients ?? entry.recipients.map(({ email }) => email);
    else void run(action, recipients);
  };
  return (
    <li class="outbox-entry">
      <div class="outbox-head">
        <h2 dir={directionOf(subject)}>
          <Foreign text={subject} isAlone />
        </h2>
        <StateChip state={entry.state} />
      </div>
      <ul>
        {entry.recipients.map((recipient) => (
          <Recipient key={recipient.email} recipient={recipient} isSingle={entry.recipients.length === 1} act={act} />
        ))}
      </ul>
      <div class="outbox-actions">
        {entry.undoStatus === 'pending' && (
          <>
            {isAllHeld && (
              <Button
                icon="send"
                disabled={busy.value}
                onClick={() => {
                  act('sendNow', null);
                }}
              >
                {say.actions['sendNow']}
              </Button>
            )}
            {isAllHeld && isBySender && (
              <Button icon="later" disabled={busy.value} onClick={() => (choosing.value = true)}>
                {say.otherTime}
              </Button>
            )}
            <Button icon="pencil" disabled={busy.value} onClick={() => void backToDraft(entry.id, entry.emailId)}>
              {say.backToDraft}
            </Button>
          </>
        )}
        {failed.length > 0 && (
          <Button icon="pencil" onClick={() => void correct(entry.emailId, failed)}>
            {say.correct}
          </Button>
        )}
        <Button
          kind="quiet"
          icon="route"
          onClick={() => {
            panel.value = { kind: 'journey', email: entry.emailId };
          }}
        >
          {words.report.journey}
        </Button>
      </div>
      {choosing.value && (
        <ChooseTime
          longest={longest}
          from={new Date(entry.sendAt)}
          close={() => (choosing.value = false)}
          take={(time) => void sendAtOtherTime(entry.id, entry.emailId, time)}
        />
      )}
      {asking.value !== undefined && (
        <Confirm
          title={say.sendAgainTitle}
          text={<p>{say.sendAgainText(asking.value.join(', '))}</p>}
          doIt={say.actions['sendAgain'] ?? ''}
          run={() => void run('sendAgain', asking.peek() ?? null)}
          close={() => (asking.value = undefined)}
        />
      )}
    </li>
  );
}

/** Who leaves it as it is has nothing taken back: nobody knows whether it arrived. */
const isUnsure = ({ recipients }: OutboxEntry, meant: readonly string[] | null): boolean =>
  recipients.some(({ email, state }) => state === 'unsure' && (meant?.includes(email) ?? true));

const at = (time: string | null): string => longDate(Date.parse(time ?? ''));

/** One person it goes to: how it stands, why, in the server's own words too, and when something happens next. */
function Recipient(props: {
  readonly recipient: OutboxRecipient;
  readonly isSingle: boolean;
  readonly act: (action: OutboxAction, recipients: readonly string[]) => void;
}) {
  const { recipient, isSingle, act } = props;
  const { state, email, reason, reply, nextAt, givesUpAt, attempts, heldBy } = recipient;
  // What is held as a whole has its buttons below.
  const actions = recipient.actions.filter((action) => state !== 'held' || action === 'cancel');
  return (
    <li class="outbox-recipient">
      <p class="outbox-who">
        <b>
          <Foreign text={email} />
        </b>
        {!isSingle && <StateChip state={state} />}
      </p>
      {state === 'unsure' && <p>{say.unsure}</p>}
      {reason !== null && state !== 'unsure' && (
        <p>
          <b class="outbox-reason">{reason.title}</b>
          {reason.happened} {state === 'refused' ? reason.advice : ''}
        </p>
      )}
      <p class="muted">
        {heldBy === 'keeper' && say.heldByKeeper}
        {heldBy === 'sender' && nextAt !== null && say.heldUntil(at(nextAt))}
        {state === 'waiting' && nextAt !== null && `${say.nextTry(at(nextAt))} `}
        {state === 'waiting' && attempts > 0 && `${say.tries(attempts)} `}
        {state === 'waiting' && givesUpAt !== null && say.givesUp(at(givesUpAt))}
      </p>
      {reply !== null && reply !== '' && (
        <details>
          <summary>{words.trouble.serversWords}</summary>
          <pre class="said" dir="auto">
            {reply}
          </pre>
        </details>
      )}
      {actions.length > 0 && (
        <div class="outbox-actions">
          {actions.map((action) => (
            <Button
              key={action}
              kind={action === 'cancel' ? 'quiet' : 'plain'}
              onClick={() => {
                act(action, [email]);
              }}
            >
              {state === 'unsure' && action === 'cancel' ? say.leave : say.actions[action]}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}
