import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, Dialog, ErrorCard, Waiting } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { downloadUrl } from '../jmap/api.ts';
import { asTrouble } from '../jmap/trouble.ts';
import type { Trouble } from '../jmap/trouble.ts';
import type { Id } from '../jmap/types.ts';
import { visibleString } from '../letter/visible-text.ts';
import { useDesk } from '../shell/desk.ts';
import { size, words } from '../words/index.ts';
import { InnerMessage } from './inner-message.tsx';
import { JourneyPanel } from './journey.tsx';
import { headerFields, panel, SHOWN_SOURCE, subjectInName } from './panels.ts';

const say = words.reader;

export function Panels() {
  const now = panel.value;
  if (now === undefined) return null;
  const close = (): void => {
    panel.value = undefined;
  };
  if (now.kind === 'inner') {
    return (
      <Dialog title={now.file === undefined ? say.inside : visibleString(now.file)} wide close={close}>
        <InnerMessage key={now.blob} blob={now.blob} />
      </Dialog>
    );
  }
  if (now.kind === 'journey') return <JourneyPanel email={now.email} close={close} />;
  return <SourceDialog email={now.email} onlyHeader={now.kind === 'headers'} close={close} />;
}

function SourceDialog(props: { readonly email: Id; readonly onlyHeader: boolean; readonly close: () => void }) {
  const { mail, api, http } = useDesk();
  const about = mail.records.email(props.email).value;
  const blob = about?.blobId;
  const name = say.emlName(about === undefined ? '' : subjectInName(about));
  const source = useSignal<{ readonly text: string; readonly isWhole: boolean } | undefined>(undefined);
  const trouble = useSignal<Trouble | undefined>(undefined);
  const url = blob === undefined ? undefined : downloadUrl(api.session, api.account, blob, name, 'message/rfc822');
  useEffect(() => {
    if (url === undefined) return;
    http.beginning(url, SHOWN_SOURCE).then(
      ({ octets, isWhole }) => (source.value = { text: new TextDecoder().decode(octets), isWhole }),
      (error: unknown) => (trouble.value = asTrouble(error)),
    );
  }, [url]);
  const text = source.value?.text;
  return (
    <Dialog title={props.onlyHeader ? say.headersTitle : say.sourceTitle} wide close={props.close}>
      {trouble.value !== undefined && (
        <ErrorCard what={say.loadFailed} why={trouble.value.said ?? words.trouble.gone.why} />
      )}
      {text === undefined && trouble.value === undefined && (
        <Waiting>
          <p class="muted">{words.common.loading}</p>
        </Waiting>
      )}
      {text !== undefined &&
        (props.onlyHeader ? <Fields source={text} /> : <Source text={text} isWhole={source.value?.isWhole === true} />)}
      {text !== undefined && (
        <div class="dialog-foot">
          <CopyButton text={props.onlyHeader ? (text.split(/\r?\n\r?\n/, 1)[0] ?? '') : text} />
          {url !== undefined && (
            <a class="button" href={url} download={name}>
              {say.actions.save}
            </a>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Source({ text, isWhole }: { readonly text: string; readonly isWhole: boolean }) {
  return (
    <>
      {!isWhole && <p class="muted">{say.truncated(size(SHOWN_SOURCE))}</p>}
      <pre class="said source" dir="ltr">
        {text}
      </pre>
    </>
  );
}

function Fields({ source }: { readonly source: string }) {
  return (
    <dl class="header-fields">
      {headerFields(source).map(({ name, value }, n) => (
        <div key={n}>
          <dt>{name}</dt>
          <dd>
            <Foreign text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const copied = useSignal(false);
  return (
    <Button
      icon={copied.value ? 'check' : 'copy'}
      onClick={() => {
        navigator.clipboard?.writeText(text).then(
          () => (copied.value = true),
          () => undefined,
        );
      }}
    >
      {copied.value ? words.common.copied : words.common.copy}
    </Button>
  );
}
