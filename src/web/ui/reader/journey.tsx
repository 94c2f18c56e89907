import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Dialog, ErrorCard, Icon, Term, Waiting } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { Id } from '../jmap/types.ts';
import { useDesk } from '../shell/desk.ts';
import { exactDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { duration, stepsOf } from './story.ts';
import type { Step, Story } from './story.ts';

const say = words.reader.journey;

/** What was recorded of a message on its way: who handed it to whom, and why it waited. Nothing is guessed. */
export function JourneyPanel({ email, close }: { readonly email: Id; readonly close: () => void }) {
  const { api } = useDesk();
  const stories = useSignal<readonly Story[] | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  useEffect(() => {
    api.call<{ readonly list: readonly Story[] }>('Journey/get', { emailId: email, submissionId: null }).then(
      ({ list }) => (stories.value = list),
      (error: unknown) => (trouble.value = asTrouble(error)),
    );
  }, [email]);
  return (
    <Dialog title={say.title} wide close={close}>
      {trouble.value !== undefined && (
        <ErrorCard
          what={words.reader.loadFailed}
          why={words.trouble[trouble.value.kind === 'busy' ? 'tooMany' : trouble.value.kind].why}
          said={trouble.value.said}
        />
      )}
      {stories.value === undefined && trouble.value === undefined && (
        <Waiting>
          <p class="muted">{words.common.loading}</p>
        </Waiting>
      )}
      {stories.value?.length === 0 && <p>{say.none}</p>}
      {stories.value?.map((story) => (
        <StoryView key={story.message} story={story} />
      ))}
    </Dialog>
  );
}

function StoryView({ story }: { readonly story: Story }) {
  return (
    <>
      {story.recipients.map((recipient) => (
        <section key={recipient.n} class="journey-way">
          <h3>
            {say.to} <Foreign text={recipient.email} />
          </h3>
          <p class="journey-end">{say.ends[recipient.end.kind] ?? recipient.end.kind}</p>
          <ol class="journey">
            {stepsOf(story, recipient, say.names).map((step, n) => (
              <StepView key={n} step={step} />
            ))}
          </ol>
        </section>
      ))}
      {story.edits.map(({ rule, what }) => (
        <p key={`${rule} ${what}`} class="muted">
          {say.edit(what, rule)}
        </p>
      ))}
      <p class="muted">{say.number(story.message)}</p>
    </>
  );
}

/** Whether others could read along. */
export function LineChip({ tls }: Pick<Step, 'tls'>) {
  if (tls === undefined) return null;
  return (
    <span class="chip" data-tone={tls === '' ? 'warn' : undefined}>
      {tls === '' ? say.clear : say.encrypted(tls)}
    </span>
  );
}

function StepView({ step }: { readonly step: Step }) {
  if (step.kind === 'wait') {
    return (
      <li class="journey-wait">
        <Icon name="clock" />
        <span>
          {duration(step.waited)} – {step.words.join(' ')}
        </span>
      </li>
    );
  }
  const { between } = step;
  return (
    <li class="journey-step">
      <time dateTime={new Date(step.at).toISOString()}>{exactDate(step.at)}</time>
      {between !== undefined && (
        <p class="journey-between">
          <span class="role" data-role="client">
            <Foreign text={between.client} /> <Term says={say.clientSays}>{say.client}</Term>
          </span>
          <span class="journey-line">
            {between.protocol} <Icon name="right" />
          </span>
          <span class="role" data-role="server">
            <Foreign text={between.server} /> <Term says={say.serverSays}>{say.server}</Term>
          </span>
          <LineChip tls={step.tls} />
          {step.login !== undefined && <span class="chip">{say.login(step.login)}</span>}
        </p>
      )}
      {step.words.map((sentence) => (
        <p key={sentence} dir="auto">
          {sentence}
        </p>
      ))}
      {step.reply !== undefined && (
        <details>
          <summary>{words.trouble.serversWords}</summary>
          <pre class="said" dir="auto">
            {step.reply}
          </pre>
        </details>
      )}
    </li>
  );
}
