import { APPROVAL_DESCRIPTIONS } from './approvals/describe.ts';
import { CHECKLIST_DESCRIPTIONS } from './checklists/describe.ts';
import { EXECUTION_DESCRIPTIONS } from './executions/describe.ts';
import { INCIDENT_DESCRIPTIONS } from './incidents/describe.ts';
import type { Descriptions } from './log/describe-entry.ts';
import { PEOPLE_DESCRIPTIONS } from './people/describe.ts';
import { RCA_DESCRIPTIONS } from './rca/describe.ts';
import { RESOLUTION_DESCRIPTIONS } from './resolution/describe.ts';

/** Every feature's sentences for the rows it writes to the log. */
export const DESCRIPTIONS: readonly Descriptions[] = [
  PEOPLE_DESCRIPTIONS,
  INCIDENT_DESCRIPTIONS,
  CHECKLIST_DESCRIPTIONS,
  APPROVAL_DESCRIPTIONS,
  EXECUTION_DESCRIPTIONS,
  RESOLUTION_DESCRIPTIONS,
  RCA_DESCRIPTIONS,
];
