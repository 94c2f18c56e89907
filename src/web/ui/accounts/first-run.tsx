import { useSignal } from '@preact/signals';
import { Button } from '../components/index.ts';
import { go } from '../shell/route.ts';
import { words } from '../words/index.ts';

const say = words.accounts.first;

/** The first start on a person's own computer. */
export function FirstRun({ skip }: { readonly skip: () => void }) {
  const choice = useSignal<'own' | 'server' | 'look'>('own');
  const onward = (event: Event): void => {
    event.preventDefault();
    if (choice.value === 'own') go({ view: 'accounts', account: 'new' });
    else if (choice.value === 'look') skip();
  };
  return (
    <section class="page first-run" aria-labelledby="first-run">
      <h1 id="first-run">{say.title}</h1>
      <p>{say.text}</p>
      <form onSubmit={onward}>
        <fieldset class="fieldset">
          <legend class="unseen">{say.title}</legend>
          {(['own', 'server', 'look'] as const).map((one) => (
            <label key={one} class="choice first-choice">
              <input
                class="check"
                type="radio"
                name="first"
                checked={choice.value === one}
                onChange={() => (choice.value = one)}
              />
              {say.choices[one].name}
              <span class="first-text muted">{say.choices[one].text}</span>
            </label>
          ))}
        </fieldset>
        {choice.value === 'server' && (
          <p>
            {say.serverText} <code>posthorn serve</code>
          </p>
        )}
        {choice.value !== 'server' && (
          <Button kind="primary" type="submit">
            {say.onward}
          </Button>
        )}
      </form>
    </section>
  );
}
