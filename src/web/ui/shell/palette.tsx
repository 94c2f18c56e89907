import { useSignal } from '@preact/signals';
import { Dialog, Icon } from '../components/index.ts';
import { words } from '../words/index.ts';
import { commands, folderCommands, isMac } from './all-commands.ts';
import { isPossible } from './command.ts';
import type { Command } from './command.ts';
import { keysInWords } from './keys.ts';
import { overlay } from './overlays.ts';

const say = words.commands;

/** Those that are possible now and have these words, or beginnings of them, in their names. */
function commandsNamed(text: string): readonly Command[] {
  const wanted = text.trim().toLowerCase().split(/\s+/);
  return [...commands.peek(), ...folderCommands()].filter(
    (command) =>
      command.keyOnly !== true &&
      isPossible(command) &&
      wanted.every((word) => command.name.toLowerCase().includes(word)),
  );
}

/** Every command that is possible now, by its name. Who types fast and presses Enter is ahead of what is drawn. */
export function Palette() {
  const text = useSignal('');
  const marked = useSignal(0);
  const close = (): void => {
    overlay.value = undefined;
  };
  const found = commandsNamed(text.value);
  const at = Math.min(marked.value, Math.max(0, found.length - 1));
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    close();
    // After the dialog has given focus back, or it would take it from what the command opens.
    requestAnimationFrame(command.run);
  };
  return (
    <Dialog title={say.palette} close={close}>
      <div class="picker">
        <input
          class="input"
          type="text"
          role="combobox"
          aria-label={say.paletteLabel}
          placeholder={say.paletteLabel}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length === 0 ? undefined : `palette-${at}`}
          autoComplete="off"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            marked.value = 0;
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === 'ArrowDown') marked.value = Math.min(at + 1, found.length - 1);
            else if (event.key === 'ArrowUp') marked.value = Math.max(at - 1, 0);
            else if (event.key === 'Enter') run(commandsNamed(text.peek())[marked.peek()]);
            else return;
            event.preventDefault();
            event.currentTarget.ownerDocument
              .getElementById(`palette-${marked.value}`)
              ?.scrollIntoView({ block: 'nearest' });
          }}
        />
        <div id="palette-list" class="picker-list" role="listbox" aria-label={say.palette}>
          {found.map((command, n) => (
            <div
              key={command.id}
              id={`palette-${n}`}
              class="picker-option"
              role="option"
              tabIndex={-1}
              aria-selected={n === at}
              onClick={() => {
                run(command);
              }}
            >
              {command.icon === undefined ? <span class="icon" /> : <Icon name={command.icon} />}
              <span class="grow">{command.name}</span>
              {command.keys[0] !== undefined && <kbd>{keysInWords(command.keys[0], isMac)}</kbd>}
            </div>
          ))}
        </div>
        {found.length === 0 && (
          <p class="muted" role="status">
            {say.paletteNone}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Which key does what: the same table that the keys are read from. */
export function KeySheet() {
  const groups = Object.entries(say.groups) as readonly (readonly [Command['group'], string])[];
  return (
    <Dialog title={say.sheetTitle} wide close={() => (overlay.value = undefined)}>
      <div class="key-sheet">
        {groups.map(([group, name]) => (
          <section key={group}>
            <h3>{name}</h3>
            <dl>
              {commands.value
                .filter((command) => command.group === group && command.keys.length > 0)
                .map(({ id, name: does, keys }) => (
                  <div key={id}>
                    <dt>{does}</dt>
                    <dd>
                      {keys.map((one, n) => (
                        <span key={one}>
                          {n > 0 && <span class="muted"> {say.sheetOr} </span>}
                          <Keys keys={one} />
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Keys({ keys }: { readonly keys: string }) {
  return (
    <>
      {keys.split(' ').map((stroke, n) => (
        <span key={stroke}>
          {n > 0 && <span class="muted"> {say.sheetThen} </span>}
          <kbd>{keysInWords(stroke, isMac)}</kbd>
        </span>
      ))}
    </>
  );
}
