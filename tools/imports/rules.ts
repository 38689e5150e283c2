/**
 * Who may import whom, as a table (docs/architecture.md says why). Everything that is not allowed here is refused, a
 * folder or package that is not named here too: adding one is a decision, made in this file.
 */
export type Area = {
  name: string;
  /** Path prefixes (folders end in a slash) or whole files; the longest match wins. */
  paths: readonly string[];
  /** Areas that may be imported, besides itself. */
  may: readonly string[];
  /** Areas of which only types may be imported. */
  mayTypes?: readonly string[];
};

/** In the order of the flow: a feature imports earlier ones, and meets later ones through a job name. */
const FEATURES = ['alerts', 'incidents', 'checklists', 'approvals', 'executions', 'resolution', 'rca'];

const RECORD_FROM = FEATURES.indexOf('approvals');

/** What features stand on. */
const GROUND = [
  'base',
  'lib',
  'log',
  'people',
  'config',
  'ports',
  'db',
  'queue',
  'surfaces',
  'deps',
  'playbook',
  'models',
];

export const AREAS: readonly Area[] = [
  { name: 'lib', paths: ['src/lib/'], may: [] },
  { name: 'base', paths: ['src/errors.ts', 'src/logger.ts'], may: ['lib'] },
  { name: 'db', paths: ['src/db/'], may: ['base', 'lib'] },
  { name: 'log', paths: ['src/log/'], may: ['base', 'lib', 'db', 'people'] },
  { name: 'flow', paths: ['src/flow.ts'], may: [], mayTypes: ['queue'] },
  { name: 'queue', paths: ['src/queue/'], may: ['base', 'lib', 'db', 'log', 'flow'] },
  {
    name: 'people',
    paths: ['src/people/'],
    may: ['base', 'lib', 'db', 'log', 'ports'],
    mayTypes: ['config'],
  },
  { name: 'ports', paths: ['src/ports/'], may: ['base', 'lib'], mayTypes: ['people', 'models'] },
  { name: 'playbook', paths: ['src/checklists/playbook/'], may: ['base', 'lib'], mayTypes: ['models'] },
  {
    name: 'config',
    paths: ['src/config/'],
    may: ['base', 'lib', 'people', 'playbook', 'models'],
  },
  { name: 'surfaces', paths: ['src/surfaces/'], may: ['base', 'lib', 'db', 'queue', 'ports', 'log'] },
  {
    name: 'deps',
    paths: ['src/deps.ts'],
    may: [],
    mayTypes: [
      'base',
      'lib',
      'db',
      'config',
      'ports',
      'queue',
      'log',
      'people',
      'surfaces',
      'playbook',
      ...FEATURES,
    ],
  },
  ...FEATURES.map((name, at) => ({
    name,
    paths: [`src/${name}/`],
    may: [...GROUND, ...FEATURES.slice(0, at), ...(at >= RECORD_FROM ? ['execution-record'] : [])],
  })),
  {
    // A decision moves the execution in its own transaction: its rows and states stand below both features.
    name: 'execution-record',
    paths: ['src/executions/store.ts', 'src/executions/transition.ts'],
    may: ['base', 'lib', 'db', 'log', 'people', 'models'],
  },
  { name: 'alert-sources', paths: ['src/alert-sources/'], may: ['base', 'lib', 'alerts'] },
  { name: 'actions', paths: ['src/actions/'], may: ['base', 'lib', 'ports', 'executions', 'models'] },
  { name: 'diagnostics', paths: ['src/diagnostics/'], may: ['base', 'lib', 'ports', 'models'] },
  { name: 'guards', paths: ['src/guards/'], may: ['base', 'lib', 'models'], mayTypes: ['ports'] },
  {
    name: 'slack',
    paths: ['src/slack/'],
    may: [...GROUND, ...FEATURES, 'execution-record', 'command-kit', 'views'],
  },
  { name: 'http', paths: ['src/http/'], may: [...GROUND, ...FEATURES, 'execution-record'] },
  { name: 'integrations', paths: ['src/integrations/'], may: [...GROUND, ...FEATURES, 'execution-record'] },
  { name: 'settings', paths: ['src/settings.ts'], may: ['base', 'lib'] },
  {
    name: 'app',
    paths: [
      'src/app.ts',
      'src/main.ts',
      'src/build-parts.ts',
      'src/definitions.ts',
      'src/descriptions.ts',
      'src/job-handlers.ts',
    ],
    may: [
      ...GROUND,
      ...FEATURES,
      'execution-record',
      'flow',
      'settings',
      'slack',
      'command-kit',
      'views',
      'http',
      'integrations',
    ],
  },
  { name: 'launch', paths: ['src/launch.ts', 'src/launch/'], may: ['lib'] },
  {
    name: 'commands',
    paths: ['commands/'],
    may: ['base', 'lib', 'log', 'models', 'surfaces', 'command-kit', 'views', ...FEATURES],
  },
  {
    // What a command is made of; the rest of slack is none of its business.
    name: 'command-kit',
    paths: ['src/slack/define-command.ts', 'src/slack/open-action-request.ts', 'src/slack/open-resolve.ts'],
    may: [...GROUND, ...FEATURES, 'execution-record', 'slack', 'views'],
  },
  {
    name: 'views',
    paths: ['src/slack/views/', 'src/slack/text.ts'],
    may: [...GROUND, ...FEATURES, 'execution-record', 'slack', 'command-kit'],
  },
  { name: 'sandbox', paths: ['sandbox/'], may: ['page'] },
  { name: 'page', paths: ['sandbox/page/client/'], may: [], mayTypes: ['sandbox'] },
];

/**
 * Pure files: no outside world, only what they are given. `models` is also an area that others may name: the words of the
 * domain (a severity, an incident's number) are used by earlier features too.
 */
export const PURE = {
  files: new RegExp(`^src/(${FEATURES.join('|')}|people|config)/(model|policy)\\.ts$|^src/guards/`),
  models: new RegExp(`^src/(${FEATURES.join('|')}|people|config)/model\\.ts$`),
  may: ['lib', 'base', 'models', 'playbook'],
  mayTypes: ['ports', 'people', 'config'],
  builtins: ['node:crypto'],
};

/** Files found by the loader and imported by nobody. */
const DEFINITION_FOLDERS = [
  'commands',
  'src/alert-sources',
  'src/actions',
  'src/guards',
  'src/diagnostics',
  'src/slack/listeners',
  'src/slack/renderers',
];
export const DEFINITIONS = new RegExp(`^(${DEFINITION_FOLDERS.join('|')})/[^/]+\\.ts$`);

/** The only files that import a path they compute. */
export const LOADERS = ['src/lib/load-modules.ts', 'sandbox/slack/load-methods.ts'];

/** In `src` and `commands` each package is imported in these places only. */
export const PACKAGES: readonly { name: RegExp; places: readonly string[] }[] = [
  { name: /^@slack\//, places: ['src/slack/'] },
  { name: /^@kubernetes\/client-node$/, places: ['src/integrations/'] },
  { name: /^@pagerduty\//, places: ['src/integrations/'] },
  { name: /^ioredis$/, places: ['src/integrations/'] },
  { name: /^pg$/, places: ['src/db/'] },
  { name: /^pg-boss$/, places: ['src/queue/'] },
  { name: /^node-cron$/, places: ['src/queue/'] },
  { name: /^fastify$/, places: ['src/http/', 'src/slack/', 'src/app.ts'] },
  { name: /^prom-client$/, places: ['src/http/', 'src/build-parts.ts'] },
  { name: /^pino$/, places: ['src/logger.ts'] },
  { name: /^liquidjs$/, places: ['src/rca/'] },
  { name: /^(mdast.*|micromark.*)$/, places: ['src/checklists/playbook/'] },
  { name: /^yaml$/, places: ['src/checklists/playbook/', 'src/config/'] },
  { name: /^commander$/, places: ['src/cli/'] },
  { name: /^zod$/, places: ['src/', 'commands/'] },
];
