/** Runs a list of steps in order, tells the name and the time of each, and stops at the first that fails. */

export interface Step {
  readonly name: string;
  /** Returns why it failed, as a sentence, or undefined. */
  run(): Promise<string | undefined>;
}

export interface Ran {
  readonly name: string;
  /** Milliseconds. */
  readonly took: number;
  readonly failure: string | undefined;
}

export async function runSteps(steps: readonly Step[], say: (line: string) => void): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  for (const step of steps) {
    say(`\n── ${step.name}`);
    const started = performance.now();
    const failure = await step.run();
    const took = performance.now() - started;
    ran.push({ name: step.name, took, failure });
    say(`── ${step.name}: ${failure === undefined ? 'passed' : `FAILED: ${failure}`} (${seconds(took)})`);
    if (failure !== undefined) break;
  }
  return ran;
}

/** The times of the steps, one line each, then the sum. */
export function timeTable(ran: readonly Ran[]): string {
  const width = Math.max(0, ...ran.map(({ name }) => name.length), 'together'.length);
  const sum = ran.reduce((total, { took }) => total + took, 0);
  const line = (name: string, took: number): string => `   ${name.padEnd(width)} ${seconds(took).padStart(8)}`;
  return [...ran.map(({ name, took }) => line(name, took)), line('together', sum)].join('\n');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `--only a,b` picks steps by name. Returns a sentence when the arguments make no sense. */
export function pickSteps(steps: readonly Step[], args: readonly string[]): readonly Step[] | string {
  const names = steps.map(({ name }) => name);
  const usage = `Use: npm test -- [--only STEP,STEP]. The steps are ${names.join(', ')}.`;
  if (args.length === 0) return steps;
  const [option, list = '', ...rest] = args[0]?.startsWith('--only=')
    ? ['--only', args[0].slice(7), ...args.slice(1)]
    : args;
  if (option !== '--only' || list === '') return `${option} is not understood. ${usage}`;
  if (rest.length > 0) return `${rest[0]} is not understood. ${usage}`;
  const wanted = list.split(',');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) return `There is no step named ${JSON.stringify(unknown)}. ${usage}`;
  return steps.filter(({ name }) => wanted.includes(name));
}
