import type { Config } from '../config/model.ts';
import type { Queryable } from '../db/database.ts';
import type { Incident } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import { fillCommand } from './fill-command.ts';
import type { CommandTarget } from './fill-command.ts';
import type { StoredChecklist } from './model.ts';
import type { Playbook } from './playbook/model.ts';
import { readPlaybook } from './read-playbook.ts';
import { getChecklist } from './store.ts';

/** All that the messages of a checklist are drawn from. */
export interface ChecklistPicture {
  readonly checklist: StoredChecklist;
  /** With the service's names filled into its commands. */
  readonly playbook: Playbook;
  readonly incident: Incident;
}

export async function readChecklist(
  deps: { readonly config: Config },
  db: Queryable,
  checklistId: string,
): Promise<ChecklistPicture | undefined> {
  const checklist = await getChecklist(db, checklistId);
  return checklist === undefined ? undefined : pictureOf(deps, db, checklist);
}

/** The same for a checklist that was read already, such as under its lock. */
export async function pictureOf(
  deps: { readonly config: Config },
  db: Queryable,
  checklist: StoredChecklist,
): Promise<ChecklistPicture> {
  const incident = await getIncident(db, checklist.incidentId);
  if (incident === undefined) throw new Error(`checklist ${checklist.id} has no incident`);
  const playbook = await readPlaybook(db, checklist);
  return { checklist, incident, playbook: fillPlaybook(playbook, targetOf(deps.config, incident)) };
}

function targetOf(config: Config, incident: Incident): CommandTarget {
  const kubernetes = config.services.get(incident.service ?? '')?.kubernetes ?? null;
  return {
    service: incident.service,
    namespace: kubernetes?.namespace ?? null,
    deployment: kubernetes?.deployment ?? null,
  };
}

function fillPlaybook(playbook: Playbook, target: CommandTarget): Playbook {
  return {
    ...playbook,
    phases: playbook.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => ({
        ...step,
        commands: step.commands.map((command) => fillCommand(command, target)),
      })),
    })),
  };
}
