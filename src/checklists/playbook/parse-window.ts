import type { PhaseWindow } from './model.ts';

export interface HeadingWindow {
  readonly title: string;
  /** `toMinutesBefore` is 0 here: only the whole file says where the next phase begins. */
  readonly window: PhaseWindow | null;
  /** Set when the heading names a time that is not a window. */
  readonly problem: string | null;
}

const MINUTES_IN: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440, w: 10_080 };
const UNIT = String.raw`(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)`;
const DASH = String.raw`\s*(?:-|–|—|to)\s*`;
const RANGE = new RegExp(`^(\\d{1,5})\\s*${UNIT}?${DASH}(\\d{1,5})\\s*${UNIT}$`, 'i');
const OPEN_END = new RegExp(`^(\\d{1,5})\\s*\\+\\s*${UNIT}$`, 'i');
const FIRST = new RegExp(`^first\\s+(\\d{1,5})\\s*${UNIT}$`, 'i');
const BEFORE = new RegExp(`^T\\s*[-–—]\\s*(\\d{1,5})\\s*${UNIT}$`, 'i');
const ALLOWED = 'write it as (0-5 minutes), (1-4 hours), (60+ minutes) or (T-1 week)';

/** `Investigation (5-15 minutes)` as a title and a window. A range without a first unit takes the second one's. */
export function parseWindow(heading: string): HeadingWindow {
  const parts = /^(.*?)\s*\(([^()]{1,60})\)\s*$/s.exec(heading);
  const [, title, inside] = parts ?? [];
  if (title === undefined || inside === undefined || title === '')
    return { title: heading, window: null, problem: null };
  const words = inside.trim();
  const window = readWindow(words);
  if (window === null) {
    const looksLikeTime = new RegExp(`\\d\\s*${UNIT}\\b`, 'i').test(words) || /^T\s*[-–—+]/i.test(words);
    return {
      title: heading,
      window: null,
      problem: looksLikeTime ? `"(${words})" is not a window that can be read: ${ALLOWED}` : null,
    };
  }
  if (window.kind === 'after-start' && window.toMinutes !== null && window.toMinutes <= window.fromMinutes)
    return { title, window: null, problem: `the window "(${words})" ends before it begins` };
  return { title, window, problem: null };
}

function readWindow(words: string): PhaseWindow | null {
  const range = RANGE.exec(words);
  if (range !== null) {
    const [, from, fromUnit, to, toUnit] = range;
    return {
      kind: 'after-start',
      fromMinutes: minutes(from, fromUnit ?? toUnit),
      toMinutes: minutes(to, toUnit),
    };
  }
  const open = OPEN_END.exec(words);
  if (open !== null) return { kind: 'after-start', fromMinutes: minutes(open[1], open[2]), toMinutes: null };
  const first = FIRST.exec(words);
  if (first !== null) return { kind: 'after-start', fromMinutes: 0, toMinutes: minutes(first[1], first[2]) };
  const before = BEFORE.exec(words);
  if (before !== null)
    return { kind: 'before-start', fromMinutesBefore: minutes(before[1], before[2]), toMinutesBefore: 0 };
  return null;
}

function minutes(count: string | undefined, unit: string | undefined): number {
  return Number(count ?? '0') * (MINUTES_IN[(unit ?? 'm').charAt(0).toLowerCase()] ?? 1);
}
