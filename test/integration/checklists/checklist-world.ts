import path from 'node:path';
import type { Playbook } from '../../../src/checklists/playbook/model.ts';
import type { StoredChecklist } from '../../../src/checklists/model.ts';
import { readPlaybook } from '../../../src/checklists/read-playbook.ts';
import { groupBlockId, renderGroup } from '../../../src/checklists/rendered-group.ts';
import type { StartDeps } from '../../../src/checklists/start-checklist.ts';
import { listChecklists } from '../../../src/checklists/store.ts';
import type { TickInput } from '../../../src/checklists/tick-steps.ts';
import { loadPlaybooks } from '../../../src/config/load-playbooks.ts';
import type { Severity } from '../../../src/incidents/model.ts';
import type { Person } from '../../../src/people/model.ts';
import { createFeature } from '../../harness/feature.ts';
import type { Feature } from '../../harness/feature.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const KNOWN = { actions: ['restart'], diagnostics: [] };

export const ANA: Person = { teamId: 'T1', userId: 'U0ANA', personId: 'ana' };
export const BEN: Person = { teamId: 'T1', userId: 'U0BEN', personId: 'ben' };

export interface ChecklistWorld {
  readonly feature: Feature;
  readonly deps: StartDeps;
  replica(): StartDeps;
  /** Inserts an open incident with a channel, and a firing alert of that name; gives its id. */
  open(severity: Severity, alert?: string): Promise<string>;
  setSeverity(incidentId: string, severity: Severity): Promise<void>;
  live(incidentId: string): Promise<StoredChecklist>;
}

/** A real database with the shipped playbooks, or the guides' files as the team's folder before them. */
export async function createChecklistWorld(team: 'guides' | null): Promise<ChecklistWorld> {
  const loaded = await loadPlaybooks(
    {
      shipped: path.join(ROOT, 'playbooks'),
      team: team === null ? null : path.join(ROOT, 'test/fixtures/playbooks'),
    },
    KNOWN,
  );
  const feature = await createFeature();
  const deps = { ...feature.deps, playbooks: loaded.playbooks };
  let number = 0;
  return {
    feature,
    deps,
    replica: () => ({ ...feature.replica(), playbooks: loaded.playbooks }),
    open: async (severity, alert = 'Something') => {
      number += 1;
      const id = `inc${number}`;
      await deps.db.query(
        `insert into incidents (id, number, title, slug, severity, status, opened_by, started_at, channel_id, commander_team,
           commander_user) values ($1, $2, 'Down', 'down', $3, 'investigating', '{"kind":"alert","source":"generic"}',
           app.now(), $4, 'T1', 'U0ANA')`,
        [id, number, severity, `C0${number}`],
      );
      await deps.db.query(
        `insert into alerts (id, source, fingerprint, starts_at, status, name, labels, annotations, incident_id)
         values ($1, 'generic', $1, app.now(), 'firing', $2, '{}', '{}', $3)`,
        [`alert-${id}`, alert, id],
      );
      return id;
    },
    setSeverity: async (incidentId, severity) => {
      await deps.db.query('update incidents set severity = $2 where id = $1', [incidentId, severity]);
    },
    live: async (incidentId) => {
      const all = await listChecklists(deps.db, incidentId);
      const main = all.find((one) => one.role === 'main' && one.foldedAt === null);
      if (main === undefined) throw new Error('no checklist is running');
      return main;
    },
  };
}

/** What Slack sends when this person sets the box of a step, on the rendering of `seen`. */
export async function clickOn(
  world: ChecklistWorld,
  seen: StoredChecklist,
  stepId: string,
  click: { readonly person: Person; readonly checked: boolean; readonly order: number },
): Promise<TickInput> {
  const playbook: Playbook = await readPlaybook(world.deps.db, seen);
  const phase = playbook.phases.findIndex((one) => one.steps.some((step) => step.id === stepId));
  const group = playbook.phases[phase]?.steps.findIndex((step) => step.id === stepId) ?? -1;
  const item = seen.items.get(stepId);
  if (item === undefined) throw new Error(`no step ${stepId}`);
  const address = { checklistId: seen.id, phase, group };
  return {
    checklistId: seen.id,
    person: click.person,
    blockId: groupBlockId(address, [stepId], renderGroup([item], seen.version)),
    selected: click.checked ? [stepId] : [],
    order: click.order,
  };
}
