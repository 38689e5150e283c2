import { INCIDENT_DESCRIPTIONS } from '../incidents/describe.ts';
import type { Descriptions } from '../log/describe-entry.ts';

/** The sentences of all features, for describeEntry: a feature with a describe.ts of its own is added here. */
export const TIMELINE_SENTENCES: readonly Descriptions[] = [INCIDENT_DESCRIPTIONS];
