/** `posthorn domain …`: which domains are ours. */
import { Command } from 'commander';
import { domainName } from '../app/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, printTable } from './output.ts';

interface Domain {
  readonly name: string;
  readonly from: 'file' | 'store';
}

export function domainCommand(): Command {
  const domain = new Command('domain').description('which domains are ours');
  domain
    .command('add <domain>')
    .description('make a domain ours')
    .option('--json', 'print the result as JSON')
    .action(add);
  domain.command('list').description('the domains that are ours').option('--json', 'print JSON').action(list);
  domain
    .command('remove <domain>')
    .description('make a domain ours no more')
    .option('--json', 'print the result as JSON')
    .action(remove);
  return domain;
}

async function add(name: string, _options: object, command: Command): Promise<void> {
  await withKeeper(
    command,
    async (keeper) => {
      const added = await keeper.directory.addDomain(name);
      if (wantsJson(command)) printJson({ name: added });
      else print(`${added} is ours now. "posthorn account add NAME@${added}" makes a mailbox in it.`);
    },
    { make: true },
  );
}

async function list(_options: object, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const domains = await keeper.domains();
    if (wantsJson(command)) printJson(domains);
    else printTable(COLUMNS, domains, 'No domain is ours yet; "posthorn domain add DOMAIN" makes one.');
  });
}

const COLUMNS = [
  { title: 'DOMAIN', value: (row: Domain) => row.name },
  { title: 'FROM', value: (row: Domain) => (row.from === 'file' ? 'the configuration file' : '"domain add"') },
];

async function remove(text: string, _options: object, command: Command): Promise<void> {
  await withKeeper(command, async (keeper, { config, lineOf }) => {
    const name = domainName(text);
    const inFile = config.domains.indexOf(name);
    if (inFile >= 0) {
      const line = lineOf(`domains[${inFile}]`) ?? lineOf('domains');
      const where = `${config.file ?? 'the configuration'}${line === undefined ? '' : `, line ${line}`}`;
      throw new CommandError(`${name} stands in ${where}. Take it out there, then "posthorn reload".`);
    }
    await keeper.directory.removeDomain(name);
    if (wantsJson(command)) printJson({ name });
    else print(`${name} is not ours any more.`);
  });
}
