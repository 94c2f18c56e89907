import { IconButton } from '../components/index.ts';
import { open } from '../shell/route.ts';
import { words } from '../words/index.ts';

/** Goes back to the list; on a narrow screen it is the only way there. */
export function BackButton() {
  return (
    <span class="back">
      <IconButton
        icon="back"
        name={words.commands.close}
        shortcut="u"
        onClick={() => {
          open(undefined);
        }}
      />
    </span>
  );
}
