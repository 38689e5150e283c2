import type { Severity } from '../../incidents/model.ts';
import type { Playbook } from './model.ts';

/** What is going on, as far as playbooks care. */
export type PlaybookOccasion =
  | { readonly occasion: 'maintenance'; readonly service: string | null }
  | {
      readonly occasion: 'incident';
      readonly severity: Severity;
      readonly service: string | null;
      /** Names of the incident's alerts. */
      readonly alerts: readonly string[];
    };

export interface PlaybookChoice {
  readonly playbook: Playbook | null;
  /** Those with `alongside: true` that match too, best first; they open beside the chosen one. */
  readonly alongside: readonly Playbook[];
  /** Why this one, for people. */
  readonly reason: string;
  /** Every playbook that was looked at, and what was found. */
  readonly considered: readonly {
    readonly file: string;
    readonly origin: Playbook['origin'];
    readonly finding: string;
  }[];
}

interface Candidate {
  readonly playbook: Playbook;
  /** Alert, service, severity; higher is more specific. Null when it does not apply. */
  readonly rank: readonly [number, number, number] | null;
  readonly finding: string;
}

/** The team's folder comes before the shipped one, then the most specific wins (alert, service, severity), then the file name. */
export function selectPlaybook(playbooks: readonly Playbook[], occasion: PlaybookOccasion): PlaybookChoice {
  const overridden = new Set(playbooks.filter((each) => each.origin === 'team').map((each) => each.id));
  const candidates = playbooks.map((playbook) =>
    playbook.origin === 'shipped' && overridden.has(playbook.id)
      ? { playbook, rank: null, finding: 'replaced by the file of the same name in the team folder' }
      : weigh(playbook, occasion),
  );
  const fitting = candidates.filter((each) => each.rank !== null).toSorted(compare);
  const best = fitting.find((each) => !each.playbook.appliesTo.alongside);
  return {
    playbook: best?.playbook ?? null,
    alongside: fitting.map((each) => each.playbook).filter((playbook) => playbook.appliesTo.alongside),
    reason: explain(
      best,
      fitting.filter((each) => !each.playbook.appliesTo.alongside),
    ),
    considered: candidates.map(({ playbook, finding }) => ({
      file: playbook.file,
      origin: playbook.origin,
      finding,
    })),
  };
}

function weigh(playbook: Playbook, now: PlaybookOccasion): Candidate {
  const { occasion, severity, service, alert } = playbook.appliesTo;
  const no = (finding: string): Candidate => ({ playbook, rank: null, finding });
  if (occasion !== now.occasion)
    return no(`is for ${occasion === 'incident' ? 'an incident' : 'a maintenance'}`);
  const services = matchName(service, now.service === null ? [] : [now.service]);
  if (services.score === -1) return no(`is for the service ${service.join(', ')}`);
  if (now.occasion === 'maintenance')
    return {
      playbook,
      rank: [0, services.score, 0],
      finding: ['is for maintenance', ...services.found].join(', '),
    };
  if (severity.length + service.length + alert.length === 0)
    return no('says nothing about when it applies, so it is started by hand');
  if (severity.length > 0 && !severity.includes(now.severity)) return no(`is for ${severity.join(', ')}`);
  const alerts = matchName(alert, now.alerts);
  if (alerts.score === -1) return no(`is for the alert ${alert.join(', ')}`);
  const named = severity.length === 0 ? [] : [now.severity];
  return {
    playbook,
    rank: [alerts.score, services.score, severity.length === 0 ? 0 : 5 - severity.length],
    finding: `matches ${[...alerts.found, ...services.found, ...named].join(', ')}`,
  };
}

/** 2 for a name, 1 for a pattern, 0 when none is asked for, -1 when none fits. */
function matchName(
  wanted: readonly string[],
  actual: readonly string[],
): { readonly score: number; readonly found: readonly string[] } {
  if (wanted.length === 0) return { score: 0, found: [] };
  const exact = actual.filter((name) => wanted.some((each) => each.toLowerCase() === name.toLowerCase()));
  if (exact.length > 0) return { score: 2, found: exact };
  const loose = actual.filter((name) => wanted.some((each) => fits(each.toLowerCase(), name.toLowerCase())));
  return loose.length > 0 ? { score: 1, found: loose } : { score: -1, found: [] };
}

/** `*` stands for any text; linear in the name, since names come from outside. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

function compare(a: Candidate, b: Candidate): number {
  if (a.playbook.origin !== b.playbook.origin) return a.playbook.origin === 'team' ? -1 : 1;
  for (const index of [0, 1, 2]) {
    const difference = (b.rank?.[index] ?? 0) - (a.rank?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.playbook.file < b.playbook.file ? -1 : 1;
}

function explain(best: Candidate | undefined, fitting: readonly Candidate[]): string {
  if (best === undefined) return 'No playbook applies.';
  const { file, origin } = best.playbook;
  const second = fitting[1];
  const where = origin === 'team' ? 'of the team folder' : 'shipped with Tocsin';
  const start = `${file} (${where}) ${best.finding}`;
  if (second === undefined) return `${start}; no other applies.`;
  if (second.playbook.origin !== origin)
    return `${start}; the team folder comes before the shipped ${second.playbook.file}.`;
  const tied = [0, 1, 2].every((index) => best.rank?.[index] === second.rank?.[index]);
  return tied
    ? `${start}, as does ${second.playbook.file}; the file name settles it.`
    : `${start}; it is more specific than ${second.playbook.file}.`;
}
