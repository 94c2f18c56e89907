import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Foreign } from '../components/names.tsx';
import type { Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { words } from '../words/index.ts';
import { LineChip } from './journey.tsx';
import { arrivalOf } from './story.ts';
import type { Step, Story } from './story.ts';

const say = words.reader;

/** How a message reached this server, as it was recorded here: who handed it over, by which protocol, whether others could read along. */
export function Came({ email }: { readonly email: Id }) {
  const { api } = useDesk();
  const arrival = useSignal<Step | 'loading' | 'unknown'>('loading');
  useEffect(() => {
    api.call<{ readonly list: readonly Story[] }>('Journey/get', { emailId: email, submissionId: null }).then(
      ({ list }) => (arrival.value = arrivalOf(list, say.journey.names) ?? 'unknown'),
      // The rest of the details needs no network.
      () => (arrival.value = 'unknown'),
    );
  }, [email]);
  const now = arrival.value;
  return (
    <div>
      <dt>{say.came}</dt>
      <dd>{now === 'loading' ? words.common.loading : now === 'unknown' ? say.cameUnknown : <Arrival step={now} />}</dd>
    </div>
  );
}

function Arrival({ step }: { readonly step: Step }) {
  const { between, tls, login } = step;
  if (between === undefined) return <>{step.words.join(' ')}</>;
  return (
    <>
      <Foreign text={say.cameFrom(between.client, between.protocol)} /> <LineChip tls={tls} />{' '}
      {login !== undefined && (
        <span class="chip">
          <Foreign text={say.journey.login(login)} />
        </span>
      )}
    </>
  );
}
