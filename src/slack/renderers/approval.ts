import { BROKEN_GLASS_PAGE } from '../../approvals/break-glass.ts';
import { DEPUTIES_PAGE } from '../../approvals/escalate-approval.ts';
import { readApproval } from '../../approvals/read-approval.ts';
import { ANSWER_PAGE } from '../../approvals/tell-requester.ts';
import { defineRenderer } from '../define-renderer.ts';
import { answerToRequester } from '../views/answer-to-requester.ts';
import { approvalCard, brokenGlass, deputiesCall } from '../views/approval-card.ts';

export default defineRenderer({
  kind: 'approval',
  render: async (deps, surface) => {
    const picture = await readApproval(deps, surface.subject);
    if (surface.page === DEPUTIES_PAGE) return deputiesCall(picture);
    if (surface.page === BROKEN_GLASS_PAGE) return brokenGlass(picture);
    if (surface.page === ANSWER_PAGE) return answerToRequester(picture);
    const names = new Map(deps.config.people.map((person) => [person.id, person.name]));
    return approvalCard(picture, (personId) => names.get(personId) ?? personId.split('/').at(-1) ?? personId);
  },
});
