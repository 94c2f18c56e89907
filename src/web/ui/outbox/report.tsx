import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Button, ErrorCard, Icon, Waiting } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import type { FullEmail, GetResult } from '../jmap/types.ts';
import { panel } from '../reader/panels.ts';
import { useDesk } from '../shell/desk.ts';
import { longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import { correct } from './correct.ts';
import { saysArrived } from './arrived.ts';
import { OUTBOX } from '../compose/correspondents.ts';
import type { Reason } from './outbox.ts';
import { sameAddress } from '../compose/people.ts';
import { writers } from '../compose/writers.ts';

const say = words.report;

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
const saysItIsOne = (email: FullEmail): boolean => /multipart\/report/iu.test(email['header:Content-Type:asRaw'] ?? '');

/**
 * What to do about a message that could not be delivered, and behind a press what the report itself says: `children`.
 * Where `email` is no delivery report, they stand alone.
 */
export function ReportCard({ email, children }: { readonly email: FullEmail; readonly children: ComponentChildren }) {
  const report = useReport(email);
  if (report === 'asking') {
    return (
      <Waiting>
        <p class="muted report">{words.common.loading}</p>
      </Waiting>
    );
  }
  if (report === undefined) return <>{children}</>;
  return (
    <>
      <Card report={report} />
      <Itself>{children}</Itself>
    </>
  );
}

/** Undefined: it is none, or the server can't say. */
function useReport(email: FullEmail): Report | 'asking' | undefined {
  const { api } = useDesk();
  const isOne = api.speaks(OUTBOX) && saysItIsOne(email);
  const report = useSignal<Report | 'asking' | undefined>(isOne ? 'asking' : undefined);
  useEffect(() => {
    if (!isOne) return undefined;
    let isGone = false;
    const show = (found: Report | undefined): void => {
      if (!isGone) report.value = found;
    };
    api.call<GetResult<Report>>('DeliveryReport/get', { ids: [email.id] }).then(
      ({ list }) => {
        show(list[0]);
      },
      () => {
        show(undefined);
      },
    );
    return () => {
      isGone = true;
    };
  }, [email.id]);
  return report.value;
}

/** Drawn when it is opened: a frame that nobody sees has no height to be measured. */
function Itself({ children }: { readonly children: ComponentChildren }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="report-itself"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{say.itself}</summary>
      {isOpen.value && children}
    </details>
  );
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
  // Nothing is said of a report that tells of nobody, or that could not be read.
  if (report.kind !== 'disposition' && !saysArrived(report.recipients)) return null;
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
