import type { Deps } from '../deps.ts';
import { toCodedError } from '../errors.ts';
import { draftAction, observeDraft } from '../executions/draft-action.ts';
import type { DraftAnswer, DraftInput } from '../executions/draft-action.ts';
import type { HandlerContext, OpenModal } from './define-listener.ts';
import { draftModal, readingModal, troubleModal } from './views/request-action-modal.ts';

/** Opens the modal that asks for an action at once, and fills it when the cluster has answered. */
export async function openActionRequest(
  context: HandlerContext,
  input: Omit<DraftInput, 'person'>,
): Promise<void> {
  const draft = await draftAction(context.deps, { ...input, person: context.person });
  const verb = verbOf(context, input.actionId);
  const modal = await context.openModal(readingModal(draft.id, verb));
  fillModal(context, modal, { id: draft.id, verb, look: (deps) => observeDraft(deps, draft.id) });
}

/** The same in a modal that is open already, and may be of the person's own making: `draftAction` checks all of it. */
export async function fillActionRequest(
  context: HandlerContext,
  modal: OpenModal,
  input: Omit<DraftInput, 'person'>,
): Promise<void> {
  const { id } = await draftAction(context.deps, { ...input, person: context.person });
  const verb = verbOf(context, input.actionId);
  await modal.update(readingModal(id, verb));
  fillModal(context, modal, { id, verb, look: (deps) => observeDraft(deps, id) });
}

export interface FillInput {
  readonly id: string;
  readonly verb: string;
  readonly look: (deps: Deps) => Promise<DraftAnswer>;
}

/** Goes on after the person's click was answered: a cluster may take longer than Slack waits. */
export function fillModal(context: HandlerContext, modal: OpenModal, input: FillInput): void {
  context.afterwards((deps) => fill(deps, modal, input));
}

async function fill(deps: Deps, modal: OpenModal, input: FillInput): Promise<void> {
  const services = [...deps.config.services.values()].filter(({ kubernetes }) => kubernetes !== null);
  try {
    await modal.update(draftModal(await input.look(deps), input.verb, services));
  } catch (thrown) {
    const error = toCodedError(thrown);
    deps.log.warn({ err: error, execution: input.id }, 'a request could not be planned');
    await modal.update(troubleModal(input.id, input.verb, error.userMessage));
  }
}

export function verbOf({ deps }: Pick<HandlerContext, 'deps'>, actionId: string): string {
  return deps.actions.get(actionId)?.title ?? actionId;
}
