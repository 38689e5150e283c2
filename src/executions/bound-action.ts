import type { Config, Service } from '../config/model.ts';
import { CodedError } from '../errors.ts';
import type { Actions, BoundAction } from './define-action.ts';
import type { Execution } from './model.ts';

/** The action of an execution with its service and parameters, as they are defined now. */
export function boundAction(
  deps: { readonly config: Pick<Config, 'services'>; readonly actions: Actions },
  execution: Pick<Execution, 'action' | 'service' | 'params'>,
): BoundAction {
  const action = deps.actions.get(execution.action);
  if (action === undefined) {
    throw new CodedError('not_found', `This version of Tocsin knows no action ${execution.action}.`);
  }
  return action.bind(requireService(deps.config, execution.service ?? ''), execution.params);
}

export function requireService(config: Pick<Config, 'services'>, id: string): Service {
  const service = config.services.get(id);
  if (service !== undefined) return service;
  const known = [...config.services.keys()].join(', ');
  throw new CodedError('not_found', `No service is called ${id === '' ? 'that' : id}. Known: ${known}.`);
}
