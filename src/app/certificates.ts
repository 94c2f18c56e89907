/**
 * The server's certificate: the configured pair, or a self-signed one made in the state directory.
 * Read again at each reload; a pair that can't be used leaves the old one in force.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { loadTlsContext, makeSelfSigned } from '../net/index.ts';
import type { LoadedTlsContext } from '../net/index.ts';

/** A self-signed pair lasts this long; it is made anew when it has ended. */
const DAYS = 3_650;

interface CertificateParts {
  readonly config: () => Config;
  readonly stateDirectory: string;
  readonly clock: Clock;
}

export interface Certificates {
  current(): LoadedTlsContext;
  /** Reads the pair again. Rejects with a sentence, and keeps the old one, when it can't be used. */
  reload(): Promise<void>;
  /** The self-signed pair's certificate, for clients to trust; undefined when one is configured. */
  readonly selfSigned: string | undefined;
}

export async function openCertificates(parts: CertificateParts): Promise<Certificates> {
  const load = async (): Promise<LoadedTlsContext> => {
    const { cert, key } = await pairOf(parts);
    return loadTlsContext(await readFile(cert, 'utf8'), await readFile(key, 'utf8'));
  };
  let current = await load();
  return {
    current: () => current,
    async reload() {
      current = await load();
    },
    get selfSigned() {
      return parts.config().tls.cert === undefined ? selfSignedPaths(parts.stateDirectory).cert : undefined;
    },
  };
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

async function pairOf(parts: CertificateParts): Promise<Pair> {
  const { cert, key } = parts.config().tls;
  if (cert !== undefined && key !== undefined) return { cert, key };
  const paths = selfSignedPaths(parts.stateDirectory);
  if (!(await isUsable(paths))) await makePair(paths, parts);
  return paths;
}

function selfSignedPaths(stateDirectory: string): Pair {
  const directory = join(stateDirectory, 'tls');
  return { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
}

async function isUsable({ cert, key }: Pair): Promise<boolean> {
  try {
    loadTlsContext(await readFile(cert, 'utf8'), await readFile(key, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

async function makePair({ cert, key }: Pair, { config, stateDirectory, clock }: CertificateParts): Promise<void> {
  const names = [...new Set([config().hostname, ...config().web.names, 'localhost'])];
  const made = await makeSelfSigned({ names, addresses: ['127.0.0.1', '::1'], days: DAYS, now: clock.now() });
  await mkdir(join(stateDirectory, 'tls'), { recursive: true, mode: 0o700 });
  await writeFile(key, made.keyPem, { mode: 0o600 });
  await chmod(key, 0o600);
  await writeFile(cert, made.certPem, { mode: 0o644 });
}
