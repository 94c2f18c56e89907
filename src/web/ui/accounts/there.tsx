import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Confirm, EmptyState, Waiting } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import { go } from '../shell/route.ts';
import { longDate } from '../words/dates.ts';
import { size, words } from '../words/index.ts';
import type { ThereAnswer } from './model.ts';
import { SeenLine } from './seen-list.tsx';
import { TroubleCard } from './trouble-card.tsx';
import type { MessageThere, Remote } from './types.ts';
import { useAccounts } from './use.ts';

const say = words.accounts;
const PAGE = 50;

/** What still lies at the provider, the newest first, and when it goes. */
export function TherePage({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const answer = useSignal<ThereAnswer | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const position = useSignal(0);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const asking = useSignal(false);
  const { id } = remote;

  const load = async (): Promise<void> => {
    answer.value = undefined;
    try {
      answer.value = await accounts.there(id, position.peek());
    } catch (error) {
      failed.value = asTrouble(error).said ?? say.failed;
    }
  };
  useEffect(() => void load(), [id]);

  const toggle = ({ uidl }: MessageThere): void => {
    const next = new Set(chosen.peek());
    if (!next.delete(uidl)) next.add(uidl);
    chosen.value = next;
  };
  const remove = async (): Promise<void> => {
    await accounts.deleteThere(id, [...chosen.peek()]);
    chosen.value = new Set();
    await load();
  };
  const turn = (by: number): void => {
    position.value = Math.max(0, position.peek() + by);
    void load();
  };
  const there = answer.value;
  const unkept = there?.list.filter(({ uidl, state }) => chosen.value.has(uidl) && state !== 'whole').length ?? 0;
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
      {failed.value !== undefined && <p role="alert">{failed.value}</p>}
      {there === undefined && failed.value === undefined && (
        <Waiting>
          <p class="muted">{say.looking(remote.address)}</p>
        </Waiting>
      )}
      {there?.trouble && <TroubleCard trouble={there.trouble} again={() => void load()} />}
      {there?.trouble === null && there.total === 0 && (
        <EmptyState icon="inbox" title={say.thereEmpty} text={say.thereEmptyText} />
      )}
      {there?.trouble === null && there.total > 0 && (
        <>
          <p role="status">{say.thereTotal(there.total, size(there.octets))}</p>
          <ul class="settings-list">
            {there.list.map((one) => (
              <li key={one.uidl}>
                <label class="choice grow">
                  <input
                    class="check"
                    type="checkbox"
                    checked={chosen.value.has(one.uidl)}
                    onChange={() => {
                      toggle(one);
                    }}
                  />
                  <SeenLine seen={one} />
                </label>
                <span class="muted">{stateOf(one)}</span>
              </li>
            ))}
          </ul>
          <div class="actions">
            <Button kind="danger" disabled={chosen.value.size === 0} onClick={() => (asking.value = true)}>
              {say.deleteChosen(chosen.value.size)}
            </Button>
            {position.value > 0 && (
              <Button
                onClick={() => {
                  turn(-PAGE);
                }}
              >
                {say.newer}
              </Button>
            )}
            {position.value + PAGE < there.total && (
              <Button
                onClick={() => {
                  turn(PAGE);
                }}
              >
                {say.older}
              </Button>
            )}
          </div>
        </>
      )}
      {asking.value && (
        <Confirm
          title={say.deleteAsk(chosen.value.size, remote.pop3.host)}
          text={<p>{unkept > 0 ? say.deleteUnkept(unkept) : say.deleteKept}</p>}
          doIt={say.deleteThere(chosen.value.size, remote.pop3.host)}
          close={() => (asking.value = false)}
          run={() => void remove()}
        />
      )}
    </div>
  );
}

function stateOf({ state, goesAt }: MessageThere): string {
  return goesAt === null ? say.states[state] : say.keptUntil(longDate(Date.parse(goesAt)));
}
