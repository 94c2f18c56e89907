import { Button, Icon } from '../components/index.ts';
import { words } from '../words/index.ts';
import { useDesk } from './desk.ts';

/** Says that the server can't be reached, while the rest stays usable. */
export function Banner() {
  const { line } = useDesk();
  const state = line.state.value;
  if (state === 'up' || state === 'ended') return null;
  return (
    <div class="banner" role="status" data-tone={state === 'gone' ? 'warn' : undefined}>
      <Icon name="offline" />
      <span>{words.session[state]}</span>
      <Button onClick={() => void line.tryNow()}>{words.common.tryAgain}</Button>
    </div>
  );
}
