import { CodedError } from '../errors.ts';
import { openConfigFiles } from './files.ts';
import type { Config, Policy, Service } from './model.ts';
import { OnCallFile, PeopleFile, PoliciesFile, RoutesFile, ServiceFile, TocsinFile } from './schemas.ts';

/**
 * Reads and checks a config folder (README: config/). Unknown keys, unknown people and services that nothing defines
 * are refused.
 * @throws CodedError `config` that lists every problem with its file
 */
export async function loadConfig(folder: string): Promise<Config> {
  const files = openConfigFiles(folder);
  const tocsin = await files.one('tocsin.yml', TocsinFile);
  const people = await files.one('people.yml', PeopleFile);
  const onCall = await files.one('on-call.yml', OnCallFile);
  const routes = await files.one('routes.yml', RoutesFile);
  const policies = await files.one('policies.yml', PoliciesFile);
  const serviceFiles = await files.many('services', ServiceFile);
  const services = new Map<string, Service>(
    [...serviceFiles].map(([id, service]) => [id, { id, ...service }]),
  );
  const config: Config = {
    hash: files.hash(),
    incidentsChannel: tocsin?.incidents_channel ?? '',
    timeZone: tocsin?.time_zone ?? 'UTC',
    services,
    routes: routes?.routes ?? [],
    people: people?.people ?? [],
    onCall: onCall ?? { responders: [], approvers: [], deputies: [] },
    policies: policies?.policies ?? [],
  };
  const problems = [...files.problems, ...(files.problems.length === 0 ? crossCheck(config) : [])];
  if (problems.length > 0) {
    throw new CodedError('config', `The configuration in ${folder} has problems:\n${problems.join('\n')}`);
  }
  return config;
}

/** What the files say about each other: every person and service that is named exists, no account has two people. */
function crossCheck(config: Config): readonly string[] {
  const problems: string[] = [];
  const known = new Set(config.people.map((person) => person.id));
  const check = (where: string, refs: readonly string[]): void => {
    for (const ref of refs) {
      if (/^[a-z]/.test(ref) && !known.has(ref))
        problems.push(`${where}: people.yml knows nobody with the id ${ref}`);
    }
  };
  check('on-call.yml', [...config.onCall.responders, ...config.onCall.approvers, ...config.onCall.deputies]);
  for (const policy of config.policies) check(`policies.yml: ${policy.name}`, whoIn(policy));
  for (const route of config.routes) {
    if (route.service !== null && 'id' in route.service && !config.services.has(route.service.id)) {
      problems.push(`routes.yml: ${route.name}: services/ has no ${route.service.id}.yml`);
    }
  }
  return [...problems, ...doubleAccounts(config)];
}

function whoIn(policy: Policy): readonly string[] {
  return [...policy.approvers, ...policy.requesters, ...policy.breakGlass];
}

function doubleAccounts(config: Config): readonly string[] {
  const owner = new Map<string, string>();
  const problems: string[] = [];
  for (const person of config.people) {
    for (const account of person.slack) {
      const key = `${account.teamId}/${account.userId}`;
      const other = owner.get(key);
      if (other !== undefined) problems.push(`people.yml: ${key} belongs to both ${other} and ${person.id}`);
      owner.set(key, person.id);
    }
  }
  return problems;
}
