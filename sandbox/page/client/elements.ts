import type { ElementPlace } from './block-context.ts';
import { h } from './dom.ts';
import { renderButton } from './element-button.ts';
import { renderChoices } from './element-choices.ts';
import { renderInput } from './element-input.ts';
import { renderOverflow } from './element-overflow.ts';
import { renderMultiSelect, renderSelect } from './element-select.ts';
import { renderPicture } from './picture.ts';
import type { Element } from './types.ts';

type Renderer = (element: Element, place: ElementPlace) => HTMLElement;

const RENDERERS: Readonly<Record<string, Renderer>> = {
  button: renderButton,
  workflow_button: renderButton,
  overflow: renderOverflow,
  checkboxes: renderChoices,
  radio_buttons: renderChoices,
  static_select: renderSelect,
  users_select: renderSelect,
  channels_select: renderSelect,
  conversations_select: renderSelect,
  multi_static_select: renderMultiSelect,
  multi_users_select: renderMultiSelect,
  multi_channels_select: renderMultiSelect,
  multi_conversations_select: renderMultiSelect,
  plain_text_input: renderInput,
  number_input: renderInput,
  email_text_input: renderInput,
  url_text_input: renderInput,
  datepicker: renderInput,
  timepicker: renderInput,
  datetimepicker: renderInput,
  image: (element) => renderPicture(element),
};

/** One Block Kit element, with the hooks that tests look for. */
export function renderElement(element: Element, place: ElementPlace): HTMLElement {
  const renderer = Object.hasOwn(RENDERERS, element.type) ? RENDERERS[element.type] : undefined;
  if (renderer === undefined)
    return h('span', { class: 'unsupported' }, `This page does not draw “${element.type}”.`);
  return renderer(element, place);
}
