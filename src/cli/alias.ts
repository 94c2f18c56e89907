/** `posthorn alias …`: addresses that stand for others, here or elsewhere. */
import { Command } from 'commander';
import { wantsJson, withKeeper } from './context.ts';
import { print, printJson, printTable } from './output.ts';

interface AliasView {
  readonly address: string;
  readonly targets: readonly string[];
}

export function aliasCommand(): Command {
  const alias = new Command('alias').description(
    'addresses that stand for others; *@DOMAIN takes what nobody else has',
  );
  alias
    .command('add <address> <targets...>')
    .description('make an address stand for one or more others')
    .option('--replace', 'replace what it stood for')
    .option('--json', 'print the result as JSON')
    .action(add);
  alias
    .command('list')
    .description('the aliases')
    .option('--domain <domain>', 'only those of one domain')
    .option('--json', 'print JSON')
    .action(list);
  alias
    .command('remove <address>')
    .description('remove an alias')
    .option('--json', 'print the result as JSON')
    .action(remove);
  return alias;
}

async function add(
  address: string,
  targets: readonly string[],
  options: { readonly replace?: boolean },
  command: Command,
): Promise<void> {
  await withKeeper(
    command,
    async (keeper) => {
      const {
        local,
        domain,
        targets: addresses,
      } = await keeper.directory.addAlias(address, targets, options.replace === true);
      if (wantsJson(command)) printJson({ address: `${local}@${domain}`, targets: addresses });
      else print(`${local}@${domain} stands for ${addresses.join(', ')} now.`);
    },
    { make: true },
  );
}

async function list(options: { readonly domain?: string }, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const aliases = await keeper.aliases(options.domain);
    if (wantsJson(command)) printJson(aliases);
    else printTable(COLUMNS, aliases, 'There is no alias.');
  });
}

const COLUMNS = [
  { title: 'ADDRESS', value: (row: AliasView) => row.address },
  { title: 'STANDS FOR', value: (row: AliasView) => row.targets.join(', ') },
];

async function remove(address: string, _options: object, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    await keeper.directory.removeAlias(address);
    if (wantsJson(command)) printJson({ address });
    else print(`${address} stands for nobody any more.`);
  });
}
