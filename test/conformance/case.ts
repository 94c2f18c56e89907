/**
 * A case: one thing that a rule of a standard lets a client see from outside. The table of cases is the
 * same for every server; how a server is started and filled is told in servers.ts.
 */
import { Connection, Mismatch } from './connection.ts';

/**
 * must: the RFC says MUST, or states it as how the protocol is. should: the RFC says SHOULD or recommends it.
 * house: the RFC leaves it open and we chose; it isn't counted in the score of others.
 */
export type Level = 'must' | 'should' | 'house';

export interface Case<Server> {
  /** RFC number, section, short word. */
  readonly id: string;
  readonly group: string;
  readonly level: Level;
  /** What a server does, in one sentence. */
  readonly what: string;
  /** Throws a Mismatch when the server does otherwise. */
  readonly play: (server: Server) => Promise<void>;
}

export type Outcome =
  | { readonly passed: true }
  | { readonly passed: false; readonly expected: string; readonly given: string };

/** Any case against any server; never throws. */
export async function runCase<Server>(one: Case<Server>, server: Server): Promise<Outcome> {
  try {
    await one.play(server);
    return { passed: true };
  } catch (error) {
    if (error instanceof Mismatch) return { passed: false, expected: error.expected, given: error.given };
    return { passed: false, expected: 'a connection', given: String(error) };
  }
}

/** Opens connections and closes them after the case, whatever happens. */
export async function withConnections(
  play: (open: (port: number) => Promise<Connection>) => Promise<void>,
): Promise<void> {
  const opened: Connection[] = [];
  try {
    await play(async (port) => {
      const connection = await Connection.open(port);
      opened.push(connection);
      return connection;
    });
  } finally {
    for (const connection of opened) connection.close();
  }
}

const CLOSED = 'the end of the connection';

/** Fails unless the answer fits; what is shown is short enough for a table. */
export function check(expected: RegExp, given: string | undefined, about: string): string {
  if (given !== undefined && expected.test(given)) return given;
  throw new Mismatch(`${about}: ${String(expected)}`, given === undefined ? CLOSED : shown(given));
}

export function checkThat(holds: boolean, expected: string, given: string): void {
  if (!holds) throw new Mismatch(expected, shown(given));
}

function shown(octets: string): string {
  const text = JSON.stringify(octets).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
