import type { ComponentChildren } from 'preact';
import { Button, Dialog, ErrorCard } from '../components/index.ts';
import { Foreign } from '../components/names.tsx';
import { exactDate, longDate } from '../words/dates.ts';
import { words } from '../words/index.ts';
import type { Certificate, Trouble } from './types.ts';

const say = words.accounts;

interface TroubleProps {
  readonly trouble: Trouble;
  /** Trusts exactly the certificate that is shown; absent: that can't be done here. */
  readonly onTrust?: (certificate: Certificate) => void;
  readonly again?: () => void;
  /** When it is tried again by itself, where that is known. */
  readonly nextAt?: string | null;
  /** What more can be done, first. */
  readonly children?: ComponentChildren;
}

/** What keeps a server from its work: what, why, what can be done, and its own words. */
export function TroubleCard({ trouble, onTrust, again, nextAt = null, children }: TroubleProps) {
  const { certificate } = trouble;
  return (
    <ErrorCard
      what={trouble.what}
      why={
        <>
          {trouble.why} {trouble.you}
        </>
      }
      said={trouble.words}
      weWill={trouble.next === 'again' ? whenAgain(nextAt) : undefined}
      youCan={
        <>
          {children}
          {again !== undefined && <Button onClick={again}>{words.common.tryAgain}</Button>}
          {certificate !== undefined && onTrust !== undefined && (
            <Button
              onClick={() => {
                onTrust(certificate);
              }}
            >
              {say.lookAtCertificate}
            </Button>
          )}
        </>
      }
    />
  );
}

function whenAgain(at: string | null): string {
  return at === null ? say.triedAgain : say.triedAgainAt(exactDate(Date.parse(at)));
}

interface CertificateProps {
  readonly certificate: Certificate;
  readonly trouble: Trouble;
  readonly trust: () => void;
  readonly goBack: () => void;
}

/** The way out is what has focus: nobody trusts a stranger by pressing Enter. */
export function CertificateCard({ certificate, trouble, trust, goBack }: CertificateProps) {
  const { sha256, names, subject, issuer, validFrom, validTo } = certificate;
  const parts: readonly (readonly [string, string])[] = [
    [say.certificate.names, names.join(', ') || subject],
    [say.certificate.issuer, issuer],
    [say.certificate.from, longDate(Date.parse(validFrom))],
    [say.certificate.until, longDate(Date.parse(validTo))],
  ];
  return (
    <Dialog title={trouble.what} close={goBack} wide>
      <p>{trouble.why}</p>
      <dl class="certificate">
        {parts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">
              <Foreign text={value} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{say.certificate.sha256}</dt>
          <dd>
            <code class="fingerprint">{sha256}</code>
          </dd>
        </div>
      </dl>
      <p>{say.certificate.compare}</p>
      <div class="dialog-foot">
        <Button kind="primary" startsHere onClick={goBack}>
          {say.certificate.goBack}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            goBack();
            trust();
          }}
        >
          {say.certificate.trust}
        </Button>
      </div>
    </Dialog>
  );
}
