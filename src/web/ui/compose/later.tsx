import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { Button, Dialog, Field, MenuButton } from '../components/index.ts';
import { useDesk } from '../shell/desk.ts';
import { zoneName } from '../words/dates.ts';
import { number, words } from '../words/index.ts';
import type { Draft } from './draft.ts';
import { send } from './send.ts';
import { atHour, nextMonday, toLocalField } from './times.ts';

const say = words.compose.laterMenu;

/** Seconds that the server keeps a message at most (RFC 8621 §1.3.2); 0: it holds none. */
export function useLongest(): number {
  const { api } = useDesk();
  const { maxDelayedSend } =
    api.session.accounts[api.account]?.accountCapabilities['urn:ietf:params:jmap:submission'] ?? {};
  return typeof maxDelayedSend === 'number' ? maxDelayedSend : 0;
}

export function LaterButton({ draft }: { readonly draft: Draft }) {
  const choosing = useSignal(false);
  const longest = useLongest();
  if (longest <= 0) return null;
  const at = (time: Date) => () => void send(draft, time);
  const now = (): Date => new Date(clock.now());
  return (
    <>
      <MenuButton
        icon="later"
        name={words.compose.later}
        items={() => [
          { text: say.hour, run: at(new Date(clock.now() + 3_600_000)) },
          { text: say.tomorrow, run: at(atHour(now(), 1, 8)) },
          { text: say.monday, run: at(nextMonday(now(), 8)) },
          'line',
          { text: say.choose, icon: 'clock', run: () => (choosing.value = true) },
        ]}
      />
      {choosing.value && (
        <ChooseTime longest={longest} close={() => (choosing.value = false)} take={(time) => void send(draft, time)} />
      )}
    </>
  );
}

/** A time of one's own, by the clock one lives by. */
export function ChooseTime(props: {
  readonly longest: number;
  /** What it stands at now; else tomorrow morning. */
  readonly from?: Date;
  readonly close: () => void;
  readonly take: (time: Date) => void;
}) {
  const value = useSignal(toLocalField(props.from ?? atHour(new Date(clock.now()), 1, 8)));
  const error = useSignal<string | undefined>(undefined);
  const take = (): void => {
    const time = new Date(value.peek());
    const seconds = (time.getTime() - clock.now()) / 1000;
    if (Number.isNaN(seconds)) error.value = say.noTime;
    else if (seconds <= 0) error.value = say.past;
    else if (seconds > props.longest) error.value = say.tooFar(number(Math.floor(props.longest / 86_400)));
    else {
      props.close();
      props.take(time);
    }
  };
  const chosen = new Date(value.value);
  const zoned = Number.isNaN(chosen.getTime()) ? new Date(clock.now()) : chosen;
  return (
    <Dialog title={say.title} close={props.close}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          take();
        }}
      >
        <Field
          label={say.when}
          type="datetime-local"
          value={value.value}
          hint={say.hint(zoneName(zoned.getTime()))}
          error={error.value}
          onInput={(text) => (value.value = text)}
        />
        <div class="dialog-foot">
          <Button onClick={props.close}>{words.common.cancel}</Button>
          <Button kind="primary" type="submit">
            {say.doIt}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
