import type { Severity } from '../../incidents/model.ts';

export type PlaybookOrigin = 'team' | 'shipped';

/** What a phase is measured against. Minutes are whole and count from the checklist's start. */
export type PhaseWindow =
  | { readonly kind: 'after-start'; readonly fromMinutes: number; readonly toMinutes: number | null }
  /** Counts back from the start of a maintenance: 10,080 is a week before. `toMinutesBefore` is where the next phase begins. */
  | { readonly kind: 'before-start'; readonly fromMinutesBefore: number; readonly toMinutesBefore: number };

export type StepKind = 'confirm' | 'record' | 'diagnostic' | 'action' | 'update';

export type EvidenceKind = 'link' | 'number' | 'text' | 'diagnostic';

/** `[label](action:id?name=value)` or `[label](diagnostic:id?name=value)`. */
export interface StepCall {
  readonly id: string;
  readonly label: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface StepLink {
  readonly text: string;
  readonly url: string;
}

export interface StepAttributes {
  readonly kind: StepKind;
  /** The role that does it, such as `commander`, `communications` or `operations`. */
  readonly owner: string | null;
  /** What must be attached when the step is ticked. */
  readonly evidence: EvidenceKind | null;
}

export interface PlaybookStep {
  /** Unique in the playbook. */
  readonly id: string;
  /** Plain text on one line: no Markdown, not escaped for Slack. */
  readonly text: string;
  /** Commands to copy, as written; each may have several lines. */
  readonly commands: readonly string[];
  /** Paragraphs and bullets below the step, as plain text. */
  readonly notes: readonly string[];
  readonly action: StepCall | null;
  readonly diagnostic: StepCall | null;
  readonly attributes: StepAttributes;
  /** A recurring deadline; null for a step that is done once. */
  readonly recursEveryMinutes: number | null;
  readonly links: readonly StepLink[];
  /** In the file, from 1. */
  readonly line: number;
}

export interface PlaybookPhase {
  readonly id: string;
  readonly title: string;
  readonly window: PhaseWindow | null;
  /** `throughout` stands beside the phases with windows; `in-turn` waits until the ones before it are done. */
  readonly runs: 'in-turn' | 'throughout';
  readonly steps: readonly PlaybookStep[];
  readonly line: number;
}

/** Every list that is not empty must match; within one list any entry may. */
export interface PlaybookScope {
  readonly occasion: 'incident' | 'maintenance';
  readonly severity: readonly Severity[];
  /** Names, or patterns with `*`; compared without regard to case. */
  readonly service: readonly string[];
  readonly alert: readonly string[];
  /** Opens beside the checklist of the severity, instead of replacing it. */
  readonly alongside: boolean;
}

export interface Playbook {
  /** The file's name without `.md`, in lower case. */
  readonly id: string;
  readonly title: string;
  readonly origin: PlaybookOrigin;
  /** The file's name, for people. */
  readonly file: string;
  /** SHA-256 of the text as read, in lower-case hexadecimal. */
  readonly contentHash: string;
  /** The text as read: stored with the checklist, so that every replica shows the same steps. */
  readonly text: string;
  readonly appliesTo: PlaybookScope;
  readonly phases: readonly PlaybookPhase[];
}

/** An error keeps the playbook out; a warning is worth a look. */
export interface PlaybookProblem {
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** From 1; 0 when the problem is with the file itself. */
  readonly line: number;
  readonly message: string;
}

export type ReportProblem = (level: PlaybookProblem['level'], line: number, message: string) => void;
