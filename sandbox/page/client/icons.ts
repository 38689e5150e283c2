/** The page's own small drawings: signs of its controls, and the emoji that incident cards use most, so that they look alike on a machine without an emoji font. */

type Shape = readonly [path: string, paint: string];

const SIGNS: Readonly<Record<string, string>> = {
  people:
    'M7.5 9a2.8 2.8 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM2.500 16.500c0-3 2.200-5 5-5s5 2 5 5M13 3.700a2.700 2.700 0 0 1 0 5.100M14.500 11.800c1.800.6 3 2.300 3 4.700',
  pin: 'M7 3h6l-.8 5.500 2.800 3H5l2.800-3zM10 11.500V17.500',
  lock: 'M5.500 9h9v7.500h-9zM7.200 9V6.500a2.800 2.800 0 0 1 5.600 0V9',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600z',
  thread: 'M3 4h14v9.500H9L5.500 17v-3.500H3z',
  file: 'M5 2.500h7l3.500 3.500v11.500H5zM11.800 2.700v3.600h3.600M7.500 10h5.500M7.500 13h5.500',
  smile:
    'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15zM7 11.800c.8 1.300 1.800 1.900 3 1.900s2.200-.6 3-1.900M7.400 8v.1M12.600 8v.1',
  bolt: 'M11.500 2.500 5 11.500h4l-.8 6L15 8.500h-4.200z',
  dots: 'M10 4.500v.1M10 10v.1M10 15.500v.1',
};

const RED = '#c7342b';
const GREEN = '#23814a';
const AMBER = '#d98a1f';
const INK = '#33434c';
const BLUE = '#2f6fb0';
const DISC = 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z';
const SQUARE = 'M4 2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z';
const TICK = 'M8.600 14.800 4.300 10.500l1.600-1.600 2.700 2.700 5.500-5.600 1.600 1.600z';
const CROSS =
  'M5.200 3.600 10 8.400l4.800-4.800 1.600 1.600-4.800 4.800 4.800 4.800-1.600 1.600-4.800-4.800-4.800 4.800-1.600-1.600 4.800-4.800-4.800-4.800z';
const SHEET = 'M5 2h8l3 3v13H4V3a1 1 0 0 1 1-1z';
const LINES = 'M6.500 7h7v1.300h-7zM6.500 10h7v1.300h-7zM6.500 13h5v1.300h-5z';
const GLASS =
  'M5 2h10v1.800h-.8c0 2.700-1.200 4.600-2.900 6.200 1.700 1.600 2.900 3.500 2.900 6.200h.8V18H5v-1.800h.8c0-2.700 1.200-4.600 2.900-6.200C7 8.400 5.800 6.500 5.800 3.800H5z';
const BELL =
  'M10 2a1.300 1.300 0 0 1 1.300 1.300c2.500.6 4.200 2.700 4.200 5.400v3.600l1.700 2.200v.9H2.800v-.9l1.700-2.200V8.700c0-2.700 1.700-4.800 4.200-5.400A1.300 1.300 0 0 1 10 2zM8 16.400h4a2 2 0 0 1-4 0z';
const PADLOCK =
  'M5 9h1.300V6.700a3.700 3.700 0 0 1 7.400 0V9H15a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zm3 0h4V6.700a2 2 0 0 0-4 0z';
const LAMP =
  'M6 15V9.500a4 4 0 0 1 8 0V15h1.500v2.500h-11V15zM9.300 1h1.400v2.600H9.300zM2.800 3.300l1-1 1.900 1.900-1 1zM14.300 4.200l1.900-1.900 1 1-1.900 1.900zM1 8.300h2.600v1.400H1zM16.400 8.300H19v1.400h-2.600z';
const TRIANGLE = 'M10 2.200 18.800 17.500H1.200z';
const MARK = 'M9.200 7h1.600l-.2 5.500H9.400zM9.100 13.700h1.800v1.800H9.100z';
const CLOCK = 'M9.300 5h1.400v4.600l3 1.800-.7 1.200-3.700-2.200z';
const LETTER_I = 'M9 5h2v2H9zM9 8.500h2V15H9z';
const TURN =
  'M10 3a7 7 0 0 1 6 3.400V3.500h1.700V9.500h-6V7.800h3A5.300 5.300 0 0 0 4.800 9H3.100A7 7 0 0 1 10 3zm-7.700 7.500h6v1.700h-3A5.300 5.300 0 0 0 15.200 11h1.700A7 7 0 0 1 4 13.600v2.900H2.300z';
const EYES =
  'M6 4.500c1.800 0 3 2.400 3 5.500s-1.200 5.500-3 5.500S3 13.100 3 10s1.200-5.500 3-5.500zm8 0c1.800 0 3 2.400 3 5.500s-1.200 5.500-3 5.500-3-2.400-3-5.500 1.200-5.500 3-5.500z';
const PUPILS = 'M7 8.500a1.500 2 0 1 1-.1 4 1.500 2 0 0 1 .1-4zm8 0a1.500 2 0 1 1-.1 4 1.500 2 0 0 1 .1-4z';
const TACK = 'M6.500 2h7l-.8 6 3 3.500v1H11l-1 6-1-6H4.300v-1l3-3.500z';
const BUBBLE = 'M3 3h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9.500L5.500 18v-4H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z';
const FLAME =
  'M10.500 1.500c.5 3 4.800 4.800 4.800 10a5.300 5.300 0 0 1-10.600 0c0-2.300 1-3.800 2.200-5 .2 1.200.7 1.900 1.400 2.300.1-2.700.5-5.300 2.200-7.300z';
const THUMB =
  'M2.500 9h3v8.500h-3zM7 9l3-6.800c1.500 0 2.300 1.100 2 2.600L11.500 7.500h4.300a1.700 1.700 0 0 1 1.700 2l-1.100 6.500a1.700 1.700 0 0 1-1.700 1.500H7z';

const SPANNER =
  'M13.500 2.200a4.800 4.800 0 0 0-4.300 6.700L2.300 15.800a1.400 1.400 0 0 0 0 2l.1.1a1.400 1.400 0 0 0 2 0l6.900-6.900a4.800 4.800 0 0 0 6.200-6.300l-2.900 2.900-2.400-.600-.600-2.400 2.900-2.900a4.800 4.800 0 0 0-1-.1z';
const BACK =
  'M8 4v3.200h4a4.800 4.800 0 0 1 0 9.600H6v-2.200h6a2.600 2.600 0 0 0 0-5.200H8v3.300L2.800 8.300z';
const QUESTION =
  'M8.900 12.300c0-2.500 2.900-2.600 2.900-4.300 0-.9-.7-1.400-1.700-1.400s-1.800.6-2 1.700l-1.900-.3C6.500 6 8 4.800 10.200 4.800c2.200 0 3.700 1.200 3.700 3.100 0 2.700-3 2.700-3 4.400zm-.1 1.300h2.200v2.100H8.800z';

const EMOJI_ART: Readonly<Record<string, readonly Shape[]>> = {
  rotating_light: [[LAMP, RED]],
  white_check_mark: [
    [SQUARE, GREEN],
    [TICK, '#fff'],
  ],
  heavy_check_mark: [[TICK, GREEN]],
  ballot_box_with_check: [
    [SQUARE, BLUE],
    [TICK, '#fff'],
  ],
  x: [[CROSS, RED]],
  warning: [
    [TRIANGLE, AMBER],
    [MARK, '#3d2600'],
  ],
  no_entry: [
    [DISC, RED],
    ['M5 8.800h10v2.400H5z', '#fff'],
  ],
  octagonal_sign: [
    [DISC, RED],
    ['M5 8.800h10v2.400H5z', '#fff'],
  ],
  information_source: [
    [SQUARE, BLUE],
    [LETTER_I, '#fff'],
  ],
  hourglass: [[GLASS, AMBER]],
  hourglass_flowing_sand: [[GLASS, AMBER]],
  alarm_clock: [
    [DISC, RED],
    [CLOCK, '#fff'],
  ],
  stopwatch: [
    [DISC, INK],
    [CLOCK, '#fff'],
  ],
  bell: [[BELL, AMBER]],
  wrench: [[SPANNER, INK]],
  arrow_forward: [
    [SQUARE, BLUE],
    ['M7 5.500 14.500 10 7 14.500z', '#fff'],
  ],
  leftwards_arrow_with_hook: [[BACK, BLUE]],
  heavy_multiplication_x: [[CROSS, INK]],
  grey_question: [[QUESTION, '#75838b']],
  lock: [[PADLOCK, AMBER]],
  memo: [
    [SHEET, '#d9e2e5'],
    [LINES, INK],
  ],
  clipboard: [
    [SHEET, '#d9b98a'],
    [LINES, INK],
  ],
  page_facing_up: [
    [SHEET, '#d9e2e5'],
    [LINES, INK],
  ],
  arrows_counterclockwise: [[TURN, BLUE]],
  repeat: [[TURN, BLUE]],
  eyes: [
    [EYES, '#dbe4e7'],
    [PUPILS, INK],
  ],
  pushpin: [[TACK, RED]],
  speech_balloon: [[BUBBLE, '#7aa5c9']],
  fire: [[FLAME, '#dd5a1e']],
  '+1': [[THUMB, AMBER]],
  thumbsup: [[THUMB, AMBER]],
};

const CIRCLES: Readonly<Record<string, string>> = {
  red: RED,
  orange: '#e0701a',
  yellow: '#e3b51f',
  green: GREEN,
  blue: BLUE,
  purple: '#7a4a8c',
  black: '#222',
  white: '#eef1f2',
};

/** A sign of the page itself, drawn in the colour of the text around it. */
export function sign(name: keyof typeof SIGNS): SVGElement {
  const svg = canvas('sign');
  const path = shape('path', {
    d: SIGNS[name] ?? '',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.6',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
  svg.append(path);
  return svg;
}

/** The page's drawing of an emoji, or null when it has none. */
export function emojiArt(name: string): SVGElement | null {
  const circle = CIRCLES[/^(?:large_)?([a-z]+)_circle$/.exec(name)?.[1] ?? ''];
  const shapes: readonly Shape[] =
    circle === undefined ? (Object.hasOwn(EMOJI_ART, name) ? (EMOJI_ART[name] ?? []) : []) : [[DISC, circle]];
  if (shapes.length === 0) return null;
  const svg = canvas('emoji-art');
  svg.append(...shapes.map(([d, fill]) => shape('path', { d, fill, 'fill-rule': 'evenodd' })));
  return svg;
}

function canvas(className: string): SVGElement {
  return shape('svg', {
    viewBox: '0 0 20 20',
    width: '1em',
    height: '1em',
    class: className,
    'aria-hidden': 'true',
  });
}

function shape(tag: 'svg' | 'path', attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
