import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { newChecklist } from '../src/checklists/new-checklist.ts';
import { paginate } from '../src/checklists/pagination.ts';
import { describePlaybook } from '../src/checklists/playbook/describe-playbook.ts';
import type { KnownIds } from '../src/checklists/playbook/lint-playbook.ts';
import type { Playbook, PlaybookProblem } from '../src/checklists/playbook/model.ts';
import { selectPlaybook } from '../src/checklists/playbook/select-playbook.ts';
import { loadPlaybookFile, loadPlaybookFolder } from '../src/config/load-playbooks.ts';
import { SEVERITIES } from '../src/incidents/model.ts';
import type { Severity } from '../src/incidents/model.ts';

// npm run playbooks lint [folder] · npm run playbooks preview <file> [-- --severity P0] [--json]
const ROOT = path.join(import.meta.dirname, '..');
const SHIPPED = path.join(ROOT, 'playbooks');

interface PreviewOptions {
  readonly severity?: Severity;
  readonly json?: boolean;
}

const program = new Command('playbooks').description('Checks and shows playbooks.');
program
  .command('lint')
  .description('name every problem with file and line; the exit code is 1 when there is an error')
  .argument('[folder]', 'folder of playbooks', SHIPPED)
  .action(lint);
program
  .command('preview')
  .description('show phases, windows, steps and actions')
  .argument('<file>', 'a playbook')
  .addOption(
    new Option('--severity <severity>', 'also say which playbook this severity gets').choices([
      ...SEVERITIES,
    ]),
  )
  .option('--json', 'the messages that Slack will show')
  .action(preview);
await program.parseAsync();

async function lint(folder: string): Promise<void> {
  const { playbooks, problems } = await loadPlaybookFolder(path.resolve(folder), 'team', await knownIds());
  print(problems);
  const errors = problems.filter((problem) => problem.level === 'error').length;
  console.log(
    `${playbooks.length} playbooks can be used; ${errors} errors, ${problems.length - errors} warnings`,
  );
  if (errors > 0) process.exitCode = 1;
}

async function preview(file: string, options: PreviewOptions): Promise<void> {
  const known = await knownIds();
  const folder = path.dirname(path.resolve(file));
  const origin = folder === SHIPPED ? 'shipped' : 'team';
  const { playbooks, problems } = await loadPlaybookFile(folder, path.basename(file), origin, known);
  print(problems);
  const [playbook] = playbooks;
  if (playbook === undefined) {
    process.exitCode = 1;
    return;
  }
  console.log(options.json === true ? pagesAsJson(playbook) : describePlaybook(playbook));
  if (options.severity === undefined) return;
  const shipped = await loadPlaybookFolder(SHIPPED, 'shipped', known);
  const all = origin === 'team' ? [playbook, ...shipped.playbooks] : shipped.playbooks;
  const choice = selectPlaybook(all, {
    occasion: 'incident',
    severity: options.severity,
    service: null,
    alerts: [],
  });
  console.error(`\nAt ${options.severity}, without an alert: ${choice.reason}`);
}

function pagesAsJson(playbook: Playbook): string {
  const { items } = newChecklist(playbook, 'preview', new Date(0));
  const slim = paginate(playbook, items).map(({ blocks, characters }) => ({
    characters,
    blocks: blocks.map((block) => {
      if (block.kind === 'boxes') return block;
      if (block.kind === 'detail')
        return { ...block, step: block.step.id, button: block.step.action?.label ?? null };
      const { phase, ...counts } = block.progress;
      return { ...block, progress: { phase: phase.id, title: phase.title, window: phase.window, ...counts } };
    }),
  }));
  return JSON.stringify(slim, null, 2);
}

/** The ids that exist: an action or a diagnostic is one file, named like its id. */
async function knownIds(): Promise<KnownIds> {
  return { actions: await idsIn('src/actions'), diagnostics: await idsIn('src/diagnostics') };
}

async function idsIn(folder: string): Promise<string[]> {
  const names = await readdir(path.join(ROOT, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
}

function print(problems: readonly PlaybookProblem[]): void {
  for (const { level, file, line, message } of problems)
    console.error(
      `${path.relative(process.cwd(), file)}${line === 0 ? '' : `:${line}`}: ${level}: ${message}`,
    );
}
