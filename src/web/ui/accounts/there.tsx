import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Confirm, EmptyState, Waiting } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import { go } from '../shell/route.ts';
import { longDate } from '../words/dates.ts';
import { size, words } from '../words/index.ts';
import type { ThereAnswer } from './model.ts';
import { VisitProgress } from './progress.tsx';
import { SeenLine } from './seen-list.tsx';
import { TroubleCard } from './trouble-card.tsx';
import type { MessageThere, Remote, Trouble } from './types.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;
const PAGE = 50;

/** What still lies at the provider, the newest first, and when it goes. */
export function TherePage({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const answer = useSignal<ThereAnswer | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const position = useSignal(0);
  const { id } = remote;

  const load = async (): Promise<void> => {
    failed.value = undefined;
    const at = position.peek();
    try {
      const found = await accounts.there(id, at);
      // Another page may be wanted by now: it is being asked for.
      if (at === position.peek()) answer.value = found;
    } catch (error) {
      answer.value = undefined;
      failed.value = asTrouble(error).said ?? say.failed;
    }
  };
  // A mailbox is open to one visit at a time (RFC 1939 §8), and another visit may change what lies there.
  const isVisited = remote.visiting !== null;
  useEffect(() => {
    if (!isVisited) void load();
  }, [id, isVisited, remote.visitedAt]);

  const turn = (by: number): void => {
    position.value = Math.max(0, position.peek() + by);
    answer.value = undefined;
    void load();
  };
  const there = answer.value;
  return (
    <div class="there">
      <h1>{say.thereOn(remote.pop3.host)}</h1>
      <Button
        onClick={() => {
          go({ view: 'accounts', account: id });
        }}
      >
        {say.back}
      </Button>
      {isVisited && <VisitProgress remote={remote} />}
      {failed.value !== undefined && (
        <p class="field-error" role="alert">
          {failed.value}
        </p>
      )}
      {there === undefined && failed.value === undefined && !isVisited && (
        <Waiting>
          <p class="muted">{say.looking(remote.address)}</p>
        </Waiting>
      )}
      {there?.trouble && <TroubleCard trouble={there.trouble} again={() => void load()} />}
      {there?.trouble === null && there.total === 0 && (
        <EmptyState icon="inbox" title={say.thereEmpty} text={say.thereEmptyText} />
      )}
      {there?.trouble === null && there.total > 0 && (
        <MessagesThere remote={remote} there={there} position={position.value} load={load} turn={turn} />
      )}
    </div>
  );
}

interface MessagesProps {
  readonly remote: Remote;
  readonly there: ThereAnswer;
  readonly position: number;
  readonly load: () => Promise<void>;
  readonly turn: (by: number) => void;
}

function MessagesThere({ remote, there, position, load, turn }: MessagesProps) {
  const accounts = useAccounts();
  const marked = useSignal<ReadonlySet<string>>(new Set());
  const asking = useSignal(false);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const chosen = there.list.filter(({ uidl }) => marked.value.has(uidl));
  const unkept = chosen.filter(({ state }) => state !== 'whole').length;
  const toggle = ({ uidl }: MessageThere): void => {
    const next = new Set(marked.peek());
    if (!next.delete(uidl)) next.add(uidl);
    marked.value = next;
  };
  const remove = async (uidls: readonly string[]): Promise<void> => {
    const outcome = await accounts.deleteThere(remote.id, uidls);
    trouble.value = outcome.trouble ?? undefined;
    if (outcome.trouble === null) marked.value = new Set();
    await load();
  };
  return (
    <>
      <p role="status">{say.thereTotal(there.total, size(there.octets))}</p>
      <ul class="settings-list">
        {there.list.map((one) => (
          <li key={one.uidl}>
            <label class="choice grow">
              <input
                class="check"
                type="checkbox"
                checked={marked.value.has(one.uidl)}
                onChange={() => {
                  toggle(one);
                }}
              />
              <SeenLine seen={one} />
            </label>
            <span class="muted">{stateOf(one)}</span>
            {one.state !== 'whole' && !one.isWanted && (
              <Button
                icon="download"
                onClick={() => {
                  attempt(accounts.fetchThere(remote.id, [one.uidl]).then(load));
                }}
              >
                {say.fetchOne}
                <span class="unseen"> {one.subject}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {trouble.value !== undefined && <TroubleCard trouble={trouble.value} />}
      <div class="actions">
        <Button kind="danger" disabled={chosen.length === 0} onClick={() => (asking.value = true)}>
          {say.deleteChosen(chosen.length)}
        </Button>
        {position > 0 && (
          <Button
            onClick={() => {
              turn(-PAGE);
            }}
          >
            {say.newer}
          </Button>
        )}
        {position + PAGE < there.total && (
          <Button
            onClick={() => {
              turn(PAGE);
            }}
          >
            {say.older}
          </Button>
        )}
      </div>
      {asking.value && (
        <Confirm
          title={say.deleteAsk(chosen.length, remote.pop3.host)}
          text={<p>{unkept > 0 ? say.deleteUnkept(unkept, chosen.length) : say.deleteKept(chosen.length)}</p>}
          doIt={say.deleteThere(chosen.length, remote.pop3.host)}
          close={() => (asking.value = false)}
          run={() => {
            attempt(remove(chosen.map(({ uidl }) => uidl)));
          }}
        />
      )}
    </>
  );
}

function stateOf({ state, isWanted, goesAt }: MessageThere): string {
  if (isWanted) return say.isComing;
  return goesAt === null || state !== 'whole' ? say.states[state] : say.keptUntil(longDate(Date.parse(goesAt)));
}
