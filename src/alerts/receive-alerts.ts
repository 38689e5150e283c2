import { createHash } from 'node:crypto';
import type { Queryable } from '../db/database.ts';
import { constraintOf } from '../db/database-error.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { appendLog } from '../log/append-log.ts';
import type { LogEntry } from '../log/append-log.ts';
import { applyIntake } from './apply-intake.ts';
import type { NormalisedAlert, RoutedAlert } from './model.ts';
import { planIntake } from './plan-intake.ts';
import type { IntakePlan } from './plan-intake.ts';
import { routeAlert } from './route.ts';
import { lockNumbers } from './open-incident.ts';
import { countRepeats, loadKnown, lockIncidents } from './store.ts';

export type ReceiveDeps = Pick<Deps, 'config' | 'db' | 'enqueue' | 'newId'>;

export interface Delivery {
  readonly source: string;
  readonly rawBody: Buffer;
  readonly alerts: readonly NormalisedAlert[];
}

export interface Received {
  /** How many alerts of the delivery are stored now. */
  readonly accepted: number;
  readonly incidents: readonly { readonly number: number; readonly opened: boolean }[];
}

/** How often a delivery starts over because the world changed between looking and locking. */
const TRIES = 8;
/** Characters of a body kept for diagnosis. */
const KEPT_BODY = 64 * 1024;

/**
 * Stores a delivery: its alerts, the incidents they join or open, log rows and jobs, in one transaction. When it
 * returns, everything is committed. Safe to call at once on any number of replicas with the same delivery.
 * @throws CodedError unavailable when the database cannot take it now
 */
export async function receiveAlerts(deps: ReceiveDeps, delivery: Delivery): Promise<Received> {
  const routed = delivery.alerts.map((alert) => ({
    alert,
    decision: routeAlert(deps.config, delivery.source, alert),
  }));
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      return await deps.db.transaction((tx) => receiveOnce(deps, tx, { delivery, routed, attempt }));
    } catch (error) {
      if (!(error instanceof StartOver) && !lostRace(error)) throw error;
    }
  }
  throw new CodedError('unavailable', 'Too much is happening to these alerts at once. Send them again.');
}

/** Thrown inside the transaction to roll it back and look again. */
class StartOver extends Error {}

function lostRace(error: unknown): boolean {
  const constraint = constraintOf(error);
  return (
    constraint === 'incidents_one_open_per_group' ||
    constraint === 'alerts_source_fingerprint_starts_at_incident_id_key'
  );
}

interface Attempt {
  readonly delivery: Delivery;
  readonly routed: readonly RoutedAlert[];
  readonly attempt: number;
}

async function receiveOnce(deps: ReceiveDeps, tx: Queryable, attempt: Attempt): Promise<Received> {
  const { delivery, routed } = attempt;
  const first = await look(tx, delivery.source, routed);
  const { plan, now } = changesNothing(first.plan) ? first : await lockAndLook(tx, attempt, first.plan);
  await countRepeats(tx, plan.repeats);
  const applied = changesNothing(plan)
    ? { entries: [], opened: new Map<string, number>() }
    : await applyIntake(deps, tx, { source: delivery.source, plan, now });
  await storeDelivery(deps, tx, delivery, plan);
  await appendAll(tx, applied.entries);
  const joined = [...plan.homes.values()].map((number) => ({ number, opened: false }));
  const opened = [...applied.opened.values()].map((number) => ({ number, opened: true }));
  const incidents = [...joined, ...opened].sort((a, b) => a.number - b.number);
  return { accepted: delivery.alerts.length, incidents };
}

interface Look {
  readonly plan: IntakePlan;
  readonly now: Date;
}

async function look(tx: Queryable, source: string, alerts: readonly RoutedAlert[]): Promise<Look> {
  const fingerprints = [...new Set(alerts.map((one) => one.alert.fingerprint))];
  const groupKeys = [...new Set(alerts.map((one) => one.decision.groupKey))];
  const found = await loadKnown(tx, source, { fingerprints, groupKeys });
  return { plan: planIntake({ alerts, ...found }), now: found.now };
}

/**
 * Locks what the plan touches, then plans again on what is true now. The order is the same everywhere (numbers,
 * incidents by id, alerts, surfaces, log), so deliveries wait for each other but never in a circle. Whoever holds the
 * numbers sees every open incident there is, since nobody else can open one.
 */
async function lockAndLook(tx: Queryable, attempt: Attempt, first: IntakePlan): Promise<Look> {
  const { source } = attempt.delivery;
  const mayOpen = first.opens.size > 0 || attempt.attempt > 1;
  let seen = first;
  if (mayOpen) {
    await lockNumbers(tx);
    const second = await look(tx, source, attempt.routed);
    // Nothing else to lock, and nobody else can open: this is how it is.
    if (touchedBy(second.plan).size === 0) return second;
    seen = second.plan;
  }
  const locked = touchedBy(seen);
  await lockIncidents(tx, [...locked]);
  const final = await look(tx, source, attempt.routed);
  const complete = [...touchedBy(final.plan)].every((id) => locked.has(id));
  if (!complete || (final.plan.opens.size > 0 && !mayOpen)) throw new StartOver();
  return final;
}

function touchedBy(plan: IntakePlan): ReadonlySet<string> {
  const changed = [...plan.refires, ...plan.ends].map((one) => one.incidentId);
  return new Set([...plan.joins.keys(), ...changed]);
}

function changesNothing(plan: IntakePlan): boolean {
  return plan.opens.size + plan.joins.size + plan.refires.length + plan.ends.length === 0;
}

/** The body is kept only when it brought something new: a sender that repeats itself would fill the disk. */
async function storeDelivery(
  deps: ReceiveDeps,
  tx: Queryable,
  delivery: Delivery,
  plan: IntakePlan,
): Promise<void> {
  const body = changesNothing(plan) ? null : delivery.rawBody.toString('utf8').slice(0, KEPT_BODY);
  const outcome = {
    opened: plan.opens.size,
    joined: plan.joins.size,
    again: plan.refires.length,
    ended: plan.ends.length,
    repeats: plan.repeats.length,
  };
  await tx.query(
    `insert into deliveries (id, source, received_at, body_hash, body, alerts, outcome)
     values ($1, $2, app.now(), $3, $4, $5, $6)`,
    [
      deps.newId(),
      delivery.source,
      createHash('sha256').update(delivery.rawBody).digest('hex'),
      body?.isWellFormed() === false ? body.toWellFormed() : body,
      delivery.alerts.length,
      JSON.stringify(outcome),
    ],
  );
}

async function appendAll(tx: Queryable, entries: readonly LogEntry[]): Promise<void> {
  for (const entry of entries) await appendLog(tx, entry);
}
