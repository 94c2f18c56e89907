import { Button, Icon } from '../components/index.ts';
import { size, words } from '../words/index.ts';
import type { Remote } from './types.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;

/** "12 of 340 · 3 MB of 80 MB · Stop". Not spoken at each step: a screen reader would never be silent. */
export function VisitProgress({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const { visiting } = remote;
  if (visiting === null) return null;
  const { done = 0, of = 0, octets = 0, ofOctets = 0 } = visiting;
  const isStopping = accounts.isStopping(remote);
  return (
    <div class="progress" role="group" aria-label={say.collecting}>
      <span>
        {of === 0
          ? say.looking(remote.address)
          : `${say.progressCount(done, of)} · ${say.progressOctets(size(octets), size(ofOctets))}`}
      </span>
      {of > 0 && (
        <progress
          value={ofOctets === 0 ? done : octets}
          max={ofOctets === 0 ? of : ofOctets}
          aria-label={say.collecting}
        />
      )}
      <Button
        disabled={isStopping}
        onClick={() => {
          attempt(accounts.stop(remote));
        }}
      >
        {isStopping ? say.stopping : say.stop}
      </Button>
    </div>
  );
}

/** In the bar, while anything is collected. */
export function ProgressChip() {
  const accounts = useAccounts();
  const remote = accounts.all.value?.find(({ visiting }) => (visiting?.of ?? 0) > 0);
  if (remote === undefined || remote.visiting === null) return null;
  const { done = 0, of = 0, octets = 0, ofOctets = 0 } = remote.visiting;
  const isStopping = accounts.isStopping(remote);
  return (
    <span class="chip progress-chip">
      <Icon name="download" />
      {say.progressCount(done, of)}
      <span class="progress-octets">{say.progressOctets(size(octets), size(ofOctets))}</span>
      <button
        type="button"
        disabled={isStopping}
        onClick={() => {
          attempt(accounts.stop(remote));
        }}
      >
        {isStopping ? say.stopping : say.stop}
      </button>
    </span>
  );
}
