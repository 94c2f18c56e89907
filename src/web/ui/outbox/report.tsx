import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, ErrorCard, Icon } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import type { GetResult } from '../jmap/types.ts';
import { panel } from '../reader/panels.ts';
import { useDesk } from '../shell/desk.ts';
import { longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { correct } from './correct.ts';
import { OUTBOX } from '../compose/correspondents.ts';
import type { Reason } from './outbox.ts';
import { sameAddress } from '../compose/people.ts';
import { writers } from '../compose/writers.ts';

const say = words.compose.report;

interface ReportedRecipient {
  readonly email: string | null;
  readonly action: string | null;
  readonly status: string | null;
  readonly reason: Reason | null;
  readonly remoteMta: string | null;
  readonly reply: string | null;
  readonly willRetryUntil: string | null;
}

/** DeliveryReport/get (docs/jmap.md). */
interface Report {
  readonly id: string;
  readonly kind: 'delivery' | 'disposition';
  readonly subject: string | null;
  readonly submissionId: string | null;
  /** The email that was sent, where it is still there. */
  readonly emailId: string | null;
  readonly recipients: readonly ReportedRecipient[];
}

/** Says of itself that it is a report (RFC 3462); whether it can be read as one, the server says. */
const CONTENT_TYPE = 'header:Content-Type:asRaw';

/** What to do about a message that could not be delivered; nothing where `email` is no delivery report. */
export function ReportCard({ email }: { readonly email: string }) {
  const { api } = useDesk();
  const report = useSignal<Report | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    report.value = undefined;
    const ask = async (): Promise<void> => {
      if (!api.speaks(OUTBOX)) return;
      const { list } = await api.call<GetResult<{ readonly [CONTENT_TYPE]: string | null }>>('Email/get', {
        ids: [email],
        properties: [CONTENT_TYPE],
      });
      if (!/multipart\/report/iu.test(list[0]?.[CONTENT_TYPE] ?? '')) return;
      const found = await api.call<GetResult<Report>>('DeliveryReport/get', { ids: [email] });
      if (!isGone) report.value = found.list[0];
    };
    ask().catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [email]);
  return report.value === undefined ? null : <Card report={report.value} />;
}

const FAILED = 'failed';

function Card({ report }: { readonly report: Report }) {
  const failed = report.recipients.filter(({ action }) => action === FAILED);
  const late = report.recipients.filter(({ action }) => action === 'delayed');
  if (failed.length > 0) return <Failure report={report} failed={failed} />;
  if (late.length > 0) {
    return (
      <div class="report">
        <ErrorCard
          tone="warn"
          what={say.delayed}
          why={<Recipients recipients={late} subject={report.subject} />}
          youCan={<JourneyButton email={report.emailId} />}
        />
      </div>
    );
  }
  const title = report.kind === 'disposition' ? say.displayed : say.delivered;
  return (
    <div class="report compose-note" data-tone="info" role="status">
      <Icon name="check" />
      <span class="compose-note-text">
        {title}. {report.recipients.map(({ email }) => say.read(email ?? '')).join(' ')}
      </span>
    </div>
  );
}

function Failure({ report, failed }: { readonly report: Report; readonly failed: readonly ReportedRecipient[] }) {
  const near = useNear(failed);
  const { emailId } = report;
  const addresses = failed.flatMap(({ email }) => email ?? []);
  const replies = failed.flatMap(({ reply, remoteMta }) =>
    reply === null ? [] : [remoteMta === null ? reply : `${say.server(remoteMta)}\n${reply}`],
  );
  return (
    <div class="report">
      <ErrorCard
        what={say.failed(failed.length)}
        why={<Recipients recipients={failed} subject={report.subject} />}
        said={[...new Set(replies)].join('\n\n')}
        youCan={
          emailId === null ? (
            <p class="muted">{say.gone}</p>
          ) : (
            <>
              <Button kind="primary" icon="pencil" onClick={() => void correct(emailId, addresses)}>
                {say.correct}
              </Button>
              {[...near].map(([typed, meant]) => (
                <Button key={typed} onClick={() => void correct(emailId, addresses, new Map([[typed, meant]]))}>
                  {say.near(meant)}
                </Button>
              ))}
              <JourneyButton email={emailId} />
            </>
          )
        }
      />
    </div>
  );
}

/** For addresses that nobody has, one that is like it and that one writes to. */
function useNear(failed: readonly ReportedRecipient[]): ReadonlyMap<string, string> {
  const { people } = writers(useDesk());
  const found = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    for (const { email } of failed) {
      if (email === null) continue;
      void people.slip(email).then((meant) => {
        if (meant !== undefined) found.value = new Map([...found.peek(), [sameAddress(email), meant]]);
      });
    }
  }, [failed.map(({ email }) => email).join(' ')]);
  return found.value;
}

function Recipients({
  recipients,
  subject,
}: {
  readonly recipients: readonly ReportedRecipient[];
  readonly subject: string | null;
}) {
  return (
    <>
      {subject !== null && subject !== '' && (
        <span class="muted report-about">
          <Foreign text={say.about(subject)} />
        </span>
      )}
      {recipients.map(({ email, reason, willRetryUntil, status }, n) => (
        <span key={n} class="report-who">
          <b>
            <Foreign text={email ?? ''} />
          </b>{' '}
          {reason === null ? status : `${reason.happened} ${reason.advice}`}{' '}
          {willRetryUntil !== null && say.until(longDate(Date.parse(willRetryUntil)))}
        </span>
      ))}
    </>
  );
}

function JourneyButton({ email }: { readonly email: string | null }) {
  if (email === null) return null;
  return (
    <Button
      kind="quiet"
      icon="route"
      onClick={() => {
        panel.value = { kind: 'journey', email };
      }}
    >
      {say.journey}
    </Button>
  );
}
