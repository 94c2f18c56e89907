import { Button, Icon } from '../components/index.ts';
import { size, words } from '../words/index.ts';
import type { Remote } from './types.ts';
import { useAccounts } from './use.ts';

const say = words.accounts;

/** "12 of 340 · 3 MB of 80 MB · Stop" */
export function VisitProgress({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const { visiting } = remote;
  if (visiting === null) return null;
  const { done = 0, of = 0, octets = 0, ofOctets = 0 } = visiting;
  return (
    <div class="progress" role="status">
      <span>{of === 0 ? say.looking(remote.address) : say.progress(done, of, size(octets), size(ofOctets))}</span>
      {of > 0 && (
        <progress
          value={ofOctets === 0 ? done : octets}
          max={ofOctets === 0 ? of : ofOctets}
          aria-label={say.collecting}
        />
      )}
      <Button onClick={() => void accounts.stop(remote.id)}>{say.stop}</Button>
    </div>
  );
}

/** In the bar, while anything is collected. */
export function ProgressChip() {
  const accounts = useAccounts();
  const remote = accounts.all.value?.find(({ visiting }) => (visiting?.of ?? 0) > 0);
  if (remote === undefined || remote.visiting === null) return null;
  const { done = 0, of = 0, octets = 0, ofOctets = 0 } = remote.visiting;
  return (
    <span class="chip progress-chip">
      <Icon name="download" />
      {say.progress(done, of, size(octets), size(ofOctets))}
      <button type="button" onClick={() => void accounts.stop(remote.id)}>
        {say.stop}
      </button>
    </span>
  );
}
