import type { Queryable } from '../db/database.ts';
import type { Person } from '../people/model.ts';
import type { BreakGlassReason, Verdict, Vote } from './model.ts';

interface VoteRow extends Record<string, unknown> {
  person_id: string;
  team_id: string;
  user_id: string;
  verdict: Verdict;
  plan_hash: string;
  reason: string | null;
  at: Date;
}

/** All votes on a request, oldest first. */
export async function listVotes(db: Queryable, executionId: string): Promise<readonly Vote[]> {
  const answer = await db.query<VoteRow>(
    'select * from votes where execution_id = $1 order by at, person_id',
    [executionId],
  );
  return answer.rows.map((row) => ({
    personId: row.person_id,
    teamId: row.team_id,
    userId: row.user_id,
    verdict: row.verdict,
    planHash: row.plan_hash,
    reason: row.reason,
    at: row.at,
  }));
}

export interface NewVote {
  readonly executionId: string;
  readonly person: Person;
  readonly verdict: Verdict;
  readonly planHash: string;
  readonly reason: string | null;
}

/** Records a vote; a person has one per request, whatever account it came from. @returns false when there was one */
export async function insertVote(tx: Queryable, vote: NewVote): Promise<boolean> {
  const answer = await tx.query(
    `insert into votes (execution_id, person_id, team_id, user_id, verdict, plan_hash, reason)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      vote.executionId,
      vote.person.personId,
      vote.person.teamId,
      vote.person.userId,
      vote.verdict,
      vote.planHash,
      vote.reason,
    ],
  );
  return answer.rowCount === 1;
}

export interface BreakGlassUse {
  readonly executionId: string;
  readonly incidentId: string;
  readonly person: Person;
  readonly reasonCode: BreakGlassReason;
  readonly line: string;
  readonly at: Date;
  readonly reviewedBy: Person | null;
  readonly reviewedAt: Date | null;
}

interface UseRow extends Record<string, unknown> {
  execution_id: string;
  incident_id: string;
  person_id: string;
  team_id: string;
  user_id: string;
  reason_code: BreakGlassReason;
  line: string;
  at: Date;
  reviewed_by_person: string | null;
  reviewed_by_team: string | null;
  reviewed_by_user: string | null;
  reviewed_at: Date | null;
}

export async function insertBreakGlassUse(
  tx: Queryable,
  use: Pick<BreakGlassUse, 'executionId' | 'incidentId' | 'person' | 'reasonCode' | 'line'>,
): Promise<void> {
  await tx.query(
    `insert into break_glass_uses (execution_id, incident_id, person_id, team_id, user_id, reason_code, line)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      use.executionId,
      use.incidentId,
      use.person.personId,
      use.person.teamId,
      use.person.userId,
      use.reasonCode,
      use.line,
    ],
  );
}

export async function getBreakGlassUse(
  db: Queryable,
  executionId: string,
): Promise<BreakGlassUse | undefined> {
  const answer = await db.query<UseRow>('select * from break_glass_uses where execution_id = $1', [
    executionId,
  ]);
  return answer.rows[0] === undefined ? undefined : toUse(answer.rows[0]);
}

/** Uses in an incident, oldest first; for the RCA and for what blocks closing. */
export async function listBreakGlassUses(
  db: Queryable,
  incidentId: string,
): Promise<readonly BreakGlassUse[]> {
  const answer = await db.query<UseRow>('select * from break_glass_uses where incident_id = $1 order by at', [
    incidentId,
  ]);
  return answer.rows.map(toUse);
}

/** Records the review, once, by somebody else. @returns false when it was reviewed already or by the one who used it */
export async function recordReview(tx: Queryable, executionId: string, reviewer: Person): Promise<boolean> {
  const answer = await tx.query(
    `update break_glass_uses set reviewed_by_person = $2, reviewed_by_team = $3, reviewed_by_user = $4, reviewed_at = app.now()
     where execution_id = $1 and reviewed_at is null and person_id <> $2`,
    [executionId, reviewer.personId, reviewer.teamId, reviewer.userId],
  );
  return answer.rowCount === 1;
}

function toUse(row: UseRow): BreakGlassUse {
  const { reviewed_by_person: personId, reviewed_by_team: teamId, reviewed_by_user: userId } = row;
  const reviewed =
    personId === null || teamId === null || userId === null ? null : { personId, teamId, userId };
  return {
    executionId: row.execution_id,
    incidentId: row.incident_id,
    person: { personId: row.person_id, teamId: row.team_id, userId: row.user_id },
    reasonCode: row.reason_code,
    line: row.line,
    at: row.at,
    reviewedBy: reviewed,
    reviewedAt: row.reviewed_at,
  };
}
